// Makes sure that node_modules holds what package-lock.json says, and that the pinned Node is among it.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { step } from '../terminal/step.mjs';

/** @typedef {{ version?: string, link?: boolean, optional?: boolean }} Locked */
/** @typedef {Readonly<Record<string, Locked>>} Lock  path below the root -> package, as in a lock file's "packages" */

/**
 * What of the lock file is not installed as it says; optional packages (other platforms) may be absent.
 * @param {Lock} wanted of package-lock.json
 * @param {Lock} installed of node_modules/.package-lock.json
 * @returns {string[]} paths like 'node_modules/ws'
 */
export function outdated(wanted, installed) {
  return Object.entries(wanted)
    .filter(([path]) => path.startsWith('node_modules/'))
    .filter(([path, want]) => {
      const have = installed[path];
      if (have === undefined) return want.optional !== true;
      return want.link !== have.link || want.version !== have.version;
    })
    .map(([path]) => path);
}

/**
 * @param {string} path of a lock file
 * @returns {Lock} empty when there is no such file
 */
function readLock(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).packages : {};
}

/**
 * @param {string} program
 * @param {readonly string[]} args
 * @param {string} cwd
 * @returns {Promise<{ ok: boolean, output: string }>} both streams of the program in one text
 */
function capture(program, args, cwd) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        output += chunk;
      });
    child.on('error', (error) => resolve({ ok: false, output: error.message }));
    child.on('close', (code) => resolve({ ok: code === 0, output }));
  });
}

/** @param {string} root */
async function install(root) {
  // The npm that runs this script, else the one on the PATH.
  const npm = process.env.npm_execpath;
  const [program, first] = npm?.endsWith('.js') ? [process.execPath, [npm]] : ['npm', []];
  // loglevel: two packages ask for the Node that is only about to be installed; that warning helps nobody.
  const { ok, output } = await capture(program, [...first, 'ci', '--loglevel=error', '--no-audit', '--no-fund'], root);
  if (!ok) throw new Error(`cannot install the npm packages: "npm ci" failed in ${root}:\n${output.trimEnd()}`);
}

/**
 * The package "node" is a shell: its preinstall script fetches the binary for this platform. Where the user's npm runs no
 * scripts, that script is run here: without it nothing else would work.
 * @param {string} root
 * @returns {Promise<string>} absolute path of the pinned Node
 */
async function pinnedNode(root) {
  const folder = join(root, 'node_modules/node');
  const binary = join(folder, 'bin/node');
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  if (!existsSync(binary)) await capture(process.execPath, ['installArchSpecificPackage.js'], folder);
  const { output } = await capture(binary, ['--version'], root);
  if (output.trim() !== `v${version}`)
    throw new Error(
      `cannot find Node ${version} in ${folder}: npm did not install its binary (${output.trim()}).\n` +
        `Remove node_modules and run "npm ci --ignore-scripts=false" in ${root}, then try again.`,
    );
  return binary;
}

/**
 * @param {string} root of the checkout
 * @returns {Promise<string>} absolute path of the pinned Node
 * @throws Error whose message says what to do
 */
export async function ensurePackages(root) {
  const modules = join(root, 'node_modules');
  const missing = outdated(readLock(join(root, 'package-lock.json')), readLock(join(modules, '.package-lock.json')));
  if (missing.length > 0)
    await step(`npm packages (${missing.length} of the lock file to install)`, () => install(root));
  return pinnedNode(root);
}
