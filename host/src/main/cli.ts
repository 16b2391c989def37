/** The program `bhatti`: the client, and through `bhatti serve` the daemon. */
import { run } from '../cli/run.ts';
import { dataDirectory, socketPath, thisUser } from './data-directory.ts';
import { TIERS_DIR } from './programs.ts';
import { serviceOf } from './service-of.ts';
import { VERSION } from './version.ts';

const argv = [process.execPath, ...process.execArgv, import.meta.filename];
const code = await run(process.argv.slice(2), {
  version: VERSION,
  dataDirectory: (flag) => dataDirectory(flag, thisUser()),
  socketPath,
  argv,
  serviceOf,
  machine: async () => (await import('./machine.ts')).machineSetup(argv, process.env),
  tiersDir: TIERS_DIR,
  publish: async (...order) => (await import('./publish.ts')).publish(...order),
  restore: async (...order) => (await import('./restore.ts')).restore(...order),
  // Loaded by `serve` alone: the daemon's libraries take longer to read than most verbs to run.
  serve: async (flags) => (await import('./serve.ts')).serve(flags),
});
// Not left to the event loop: a standard input that nobody ends would keep it alive.
process.exit(code);
