/**
 * npm start: from a checkout to a sandbox one can type in. Each stage looks first whether it is done already, so that a
 * second run is quick.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { ensureSystem } from '../system/ensure.ts';
import { duration } from '../terminal/step.mjs';
import { TierStamp } from '../tier/stamp.ts';

const ROOT = join(import.meta.dirname, '../..');
const BHATTI = join(ROOT, 'host/bin/bhatti');
const TIER = 'minimal';
const NAME = 'dev';
const FIRST_COMMAND = [
  'sh',
  '-c',
  'echo "$(id -un)@$(hostname)"; . /etc/os-release; echo "$PRETTY_NAME"; uname -r; ps 1',
];
const ARCH = process.arch === 'arm64' ? 'arm64' : 'amd64';

/** Runs a program whose words and progress the user sees. @throws Error when it fails; it has said why */
async function show(words: readonly string[]): Promise<void> {
  const [program = '', ...args] = words;
  const child = spawn(program, args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`npm start stops here: "${args.slice(-3).join(' ')}" did not succeed`);
}

/** @returns standard output, or undefined when the command fails */
async function ask(...args: readonly string[]): Promise<string | undefined> {
  const child = spawn(BHATTI, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const [code] = await once(child, 'close');
  return code === 0 ? output : undefined;
}

/** Path of the tier's image, where there is one. */
async function imagePath(): Promise<string | undefined> {
  const reply = await ask('image', 'list', '--json');
  const images: { name: string; path: string }[] = reply === undefined ? [] : JSON.parse(reply).images;
  return images.find(({ name }) => name === TIER)?.path;
}

/** Builds the tier when there is no image, or one of an older recipe, builder or lohar. */
async function ensureTier(): Promise<void> {
  const present = await imagePath();
  if (present !== undefined && new TierStamp(ROOT, TIER, present).isCurrent()) return;
  await show([BHATTI, 'tier', 'build', TIER]);
  const built = await imagePath();
  if (built !== undefined) new TierStamp(ROOT, TIER, built).keep();
}

/** Makes the sandbox, or starts it again where it was left. */
async function ensureSandbox(): Promise<void> {
  const known = await ask('inspect', NAME, '--json');
  if (known === undefined) return show([BHATTI, 'create', NAME, '--image', TIER]);
  const { state } = JSON.parse(known);
  if (state !== 'running') await show([BHATTI, 'start', NAME]);
}

async function main(): Promise<void> {
  const from = performance.now();
  await ensureSystem('run');
  await show([process.execPath, join(ROOT, 'tools/lohar/build.ts'), '--arch', ARCH]);
  await ensureTier();
  await ensureSandbox();
  console.log(`\n$ bhatti exec ${NAME} -- ${FIRST_COMMAND.slice(0, 2).join(' ')} '…'`);
  await show([BHATTI, 'exec', NAME, '--', ...FIRST_COMMAND]);
  console.log(`
Sandbox "${NAME}" is running (${duration(performance.now() - from)}). Try next:

  npx bhatti shell ${NAME}                    a terminal in it; Ctrl+\\ leaves it running
  npx bhatti exec ${NAME} -- sudo apt-get update
  npx bhatti create another && npx bhatti list

To type just "bhatti": sudo ln -sf ${BHATTI} /usr/local/bin/bhatti`);
}

await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
