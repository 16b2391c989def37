/** The serial console's log, which the engine bounds in size. */
import { type FileHandle, open, watch } from 'node:fs/promises';
import type { Sandbox } from '../core/sandbox.ts';
import type { Context } from './context.ts';
import { findSandbox } from './find-sandbox.ts';

const CHUNK_SIZE = 64 * 1024;
/** A line of a kernel is short; a guest that writes none at all must not fill our memory. */
const TAIL_SIZE_MAX = 256 * 1024;

async function openLog(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Where the last `lines` lines begin. */
async function tailStart(file: FileHandle, lines: number): Promise<number> {
  const { size } = await file.stat();
  const from = Math.max(0, size - TAIL_SIZE_MAX);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(size - from), 0, size - from, from);
  let at = bytesRead;
  if (at > 0 && buffer[at - 1] === 10) at -= 1; // the last line's own end
  for (let left = lines; left > 0; left -= 1) {
    at = buffer.lastIndexOf(10, at - 1);
    if (at <= 0) return from;
  }
  return from + at + 1;
}

/** Carriage returns, colours and what else a serial console carries would repaint the reader's terminal. */
function plain(text: string): string {
  return text.replaceAll(/\p{Cc}\[[0-9;?]*[ -/]*[@-~]|[^\P{Cc}\n\t]/gu, '');
}

/** The last lines of a guest, without control characters. */
export async function consoleTail(context: Context, sandbox: Sandbox, lines: number): Promise<readonly string[]> {
  await using file = await openLog(context.engine.consolePath(sandbox.id));
  if (file === undefined) return [];
  const start = await tailStart(file, lines);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(TAIL_SIZE_MAX), 0, TAIL_SIZE_MAX, start);
  const text = plain(buffer.subarray(0, bytesRead).toString('utf8'));
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}

export interface ConsoleRequest {
  /** Only so many of the last lines; all when absent. */
  readonly lines?: number | undefined;
  /** Goes on with what is written from now on. */
  readonly follow: boolean;
}

/** The console as the guest wrote it. @throws BhattiError sandbox.not-found */
export async function readConsole(
  context: Context,
  reference: string,
  request: ConsoleRequest,
  signal: AbortSignal,
): Promise<AsyncIterable<Uint8Array>> {
  const sandbox = await findSandbox(context, reference);
  return consoleBytes(context.engine.consolePath(sandbox.id), request, signal);
}

async function* consoleBytes(path: string, request: ConsoleRequest, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  await using file = await openLog(path);
  if (file === undefined) return;
  let at = request.lines === undefined ? 0 : await tailStart(file, request.lines);
  // The watch begins before the first read, so that nothing is missed in between.
  const changes = request.follow ? watch(path, { signal })[Symbol.asyncIterator]() : undefined;
  for (;;) {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(CHUNK_SIZE), 0, CHUNK_SIZE, at);
    at += bytesRead;
    if (bytesRead > 0) {
      yield buffer.subarray(0, bytesRead);
      continue;
    }
    if (changes === undefined || (await ended(changes))) return;
    const { size } = await file.stat();
    if (size < at) at = 0; // the engine began the log anew
  }
}

async function ended(changes: AsyncIterator<unknown>): Promise<boolean> {
  try {
    return (await changes.next()).done === true;
  } catch (error) {
    if (error instanceof Error && error.name === 'AbortError') return true;
    throw error;
  }
}
