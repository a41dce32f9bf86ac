// One run of the hotel agent with the TypeScript client, asked by forms or deciding itself; the outcome as JSON.
// Usage: client.mjs stdio|http auto|legacy forms|decisions URL|COMMAND ARGUMENT...
import { createRequire } from 'node:module';

const require = createRequire(`${process.env.PACKAGES}/`);
const { Client, StreamableHTTPClientTransport } = require('@modelcontextprotocol/client');
const { StdioClientTransport } = require('@modelcontextprotocol/client/stdio');

const [way, era, how, target, ...args] = process.argv.slice(2);
const forms = how === 'forms';
const shown = [];

const client = new Client(
  { name: 'typescript', version: '1' },
  {
    capabilities: forms ? { elicitation: { form: {} } } : {},
    versionNegotiation: { mode: era },
  },
);

if (forms) {
  client.setRequestHandler('elicitation/create', async ({ params }) => {
    shown.push(params.message);
    const prefilled = Object.entries(params.requestedSchema.properties).filter(([, field]) => 'default' in field);
    const content = Object.fromEntries(prefilled.map(([name, field]) => [name, field.default]));
    if (params.message.includes('Plaza')) {
      return { action: 'accept', content: { ...content, decision: 'edit', arg_hotel_name: 'Hilton' } };
    }
    return { action: 'accept', content: { ...content, decision: 'accept' } };
  });
}

const call = async (name, input) => {
  const result = await client.callTool({ name, arguments: input });
  if (result.isError) throw new Error(result.content[0].text);
  return result.structuredContent;
};

const transport =
  way === 'http'
    ? new StreamableHTTPClientTransport(new URL(target))
    : new StdioClientTransport({ command: target, args, env: process.env, stderr: 'inherit' });

await client.connect(transport);
try {
  const { tools } = await client.listTools();
  let run = await call('start_run', { agent: 'hotel', message: 'Book the Ritz and the Plaza' });
  const paused = run.status;
  if (!forms) {
    const [ritz, plaza] = run.interrupts.map((interrupt) => interrupt.interrupt_id);
    run = await call('resume_run', {
      run_id: run.run_id,
      decisions: [
        { interrupt_id: ritz, type: 'accept' },
        { interrupt_id: plaza, type: 'edit', args: { hotel_name: 'Hilton' } },
      ],
    });
  }
  console.log(JSON.stringify({ tools: tools.map((tool) => tool.name), paused, run, shown }));
} finally {
  await client.close();
}
