// The TypeScript client with a provider: argv holds the job as JSON, stdout gets what came of it.
// It signs in wherever it is sent, as somebody with a browser would, and then does again what it could not do.
import { createRequire } from 'node:module';

const require = createRequire(`${process.env.PACKAGES}/`);
const { Client, StreamableHTTPClientTransport, UnauthorizedError } = require('@modelcontextprotocol/client');

const job = JSON.parse(process.argv[2]);
const kept = {};
const asked = [];
let callback;

const authProvider = {
  redirectUrl: job.back,
  clientMetadata: {
    client_name: 'typescript',
    redirect_uris: [job.back],
    grant_types: ['authorization_code', 'refresh_token'],
    token_endpoint_auth_method: 'none',
  },
  state: () => 'a state',
  clientInformation: () => kept.client,
  saveClientInformation: (client) => void (kept.client = client),
  tokens: () => kept.tokens,
  saveTokens: (tokens) => void (kept.tokens = tokens),
  codeVerifier: () => kept.verifier,
  saveCodeVerifier: (verifier) => void (kept.verifier = verifier),
  redirectToAuthorization: async (address) => {
    asked.push(Object.fromEntries(address.searchParams));
    const answer = await fetch(address, { redirect: 'manual' });
    callback = new URL(answer.headers.get('location')).searchParams;
  },
};

let transport;
let client;

const connect = async () => {
  transport = new StreamableHTTPClientTransport(new URL(job.url), { authProvider });
  client = new Client({ name: 'typescript', version: '1' }, { versionNegotiation: { mode: job.era } });
  await client.connect(transport);
};

const signingIn = async (act) => {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof UnauthorizedError) || callback === undefined) throw error;
    const params = callback;
    callback = undefined;
    await transport.finishAuth(params);
    return await act();
  }
};

const call = async (name, input) => {
  const result = await signingIn(() => client.callTool({ name, arguments: input }));
  if (result.isError) throw new Error(result.content[0].text);
  return result.structuredContent;
};

await signingIn(connect);
const before = await call('list_runs', {});
const run = await call('start_run', { agent: 'hotel', message: 'Book the Ritz' });
const after = await call('list_runs', {});
kept.tokens = { ...kept.tokens, access_token: job.wrong };
await call('get_run', { run_id: run.run_id });
const era = client.getNegotiatedProtocolVersion();
const listed = [before, after].map(({ runs }) => runs.map((each) => each.run_id));
console.log(JSON.stringify({ era, run, listed, asked }));
await client.close();
