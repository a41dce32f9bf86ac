// The errand of errand.py with the TypeScript client: argv holds the job as JSON, stdout gets what came of it.
import { createRequire } from 'node:module';

const require = createRequire(`${process.env.PACKAGES}/`);
const { Client, StreamableHTTPClientTransport } = require('@modelcontextprotocol/client');
const { StdioClientTransport } = require('@modelcontextprotocol/client/stdio');
const { version } = require('./node_modules/@modelcontextprotocol/client/package.json');

const job = JSON.parse(process.argv[2]);
const shown = [];

const client = new Client(
  { name: 'typescript', version },
  {
    capabilities: job.asks ? { elicitation: { form: {} } } : {},
    versionNegotiation: { mode: job.era },
  },
);

if (job.asks) {
  client.setRequestHandler('elicitation/create', async ({ params }) => {
    shown.push(params.message);
    const prefilled = Object.entries(params.requestedSchema.properties).filter(([, field]) => 'default' in field);
    const content = Object.fromEntries(prefilled.map(([name, field]) => [name, field.default]));
    return { action: 'accept', content: { ...content, ...decided(params.message) } };
  });
}

const decided = (message) => {
  if (message.includes('"Plaza"')) return { decision: 'edit', arg_hotel_name: 'Hilton' };
  if (message.includes('"Savoy"')) return { decision: 'reject', message: 'too dear' };
  return { decision: 'accept' };
};

const decision = ({ interrupt_id, requests }) => {
  const name = requests[0].args.hotel_name;
  if (name === 'Plaza') return { interrupt_id, type: 'edit', args: { hotel_name: 'Hilton' } };
  if (name === 'Savoy') return { interrupt_id, type: 'reject', message: 'too dear' };
  return { interrupt_id, type: 'accept' };
};

const call = async (name, input) => {
  const result = await client.callTool({ name, arguments: input });
  if (result.isError) throw new Error(result.content[0].text);
  return result.structuredContent;
};

const settled = async (run) => {
  while (run.status === 'pending' || run.status === 'running') {
    run = await call('get_run', { run_id: run.run_id, wait_seconds: 20 });
  }
  return run;
};

const errand = async (message) => {
  let run = await settled(await call('start_run', { agent: 'hotel', message }));
  if (run.status === 'interrupted') {
    const decisions = job.asks ? [] : run.interrupts.map(decision);
    run = await settled(await call('resume_run', { run_id: run.run_id, decisions }));
  }
  return run;
};

const [target, ...args] = job.target;
const transport =
  job.way === 'http'
    ? new StreamableHTTPClientTransport(new URL(target))
    : new StdioClientTransport({ command: target, args, env: job.environ, stderr: 'inherit' });

await client.connect(transport);
try {
  const runs = [];
  for (const message of job.messages) runs.push(await errand(message));
  const era = client.getNegotiatedProtocolVersion();
  console.log(JSON.stringify({ version, era, runs, shown }));
} finally {
  await client.close();
}
