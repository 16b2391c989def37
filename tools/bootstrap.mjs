// The entry of npm start, npm test, npm run bench and npm run build. It needs nothing but Node 20 or newer: it makes sure
// that the npm packages of the lock file are there, the pinned Node 24 among them, and lets that Node run the rest.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensurePackages } from './npm/packages.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const OLDEST_NODE = 20;

/** @type {Readonly<Record<string, string>>} */
const COMMANDS = {
  start: 'tools/start/main.ts',
  test: 'tools/check/main.ts',
  bench: 'bench/main.ts',
  build: 'tools/package/main.ts',
};

/**
 * @param {string} message what is wrong and what to do
 * @returns {never}
 */
function fail(message) {
  console.error(message);
  process.exit(1);
}

const [command = '', ...args] = process.argv.slice(2);
const script = COMMANDS[command];
if (script === undefined) fail(`usage: node tools/bootstrap.mjs ${Object.keys(COMMANDS).join('|')} [argument...]`);
if (Number.parseInt(process.versions.node, 10) < OLDEST_NODE)
  fail(`cannot run bhatti on Node ${process.versions.node}: it needs Node ${OLDEST_NODE} or newer.`);

const node = await ensurePackages(ROOT).catch((error) => fail(error.message));
if (!existsSync(join(ROOT, script))) fail(`cannot run "${command}": ${script} is missing from this checkout.`);

const child = spawn(node, [join(ROOT, script), ...args], { stdio: 'inherit' });
// A terminal sends Ctrl+C to both; a supervisor sends its signal to this process only, so it is handed on.
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']))
  process.on(signal, () => {
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
  });
child.on('error', (error) => fail(`cannot start ${node}: ${error.message}`));
child.on('exit', (code, signal) => process.exit(code ?? 128 + (signal ? constants.signals[signal] : 0)));
