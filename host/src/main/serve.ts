/** `bhatti serve`: runs a daemon until it is told to end. */
import { writeSync } from 'node:fs';
import { BhattiError } from '@bhatti/wire/errors.ts';
import { readConfig } from './config-file.ts';
import { startDaemon } from './daemon.ts';
import { thisUser } from './data-directory.ts';
import { configFile, mergeSettings, type ServeFlags } from './settings.ts';

/** Tells the client that started us, through the pipe it left open, how that went. */
function report(message: object): void {
  const pipe = process.env.BHATTI_READY_FD;
  delete process.env.BHATTI_READY_FD;
  if (pipe === undefined) return;
  try {
    writeSync(Number(pipe), `${JSON.stringify(message)}\n`);
  } catch {
    // it went away, and does not want to know any more
  }
}

/** Resolves when the daemon has ended. @throws BhattiError when it cannot start */
export async function serve(flags: ServeFlags): Promise<void> {
  try {
    const around = thisUser();
    const { path, required } = configFile(flags, around);
    const settings = mergeSettings(flags, around, await readConfig(path, required));
    const daemon = await startDaemon(settings);
    for (const address of daemon.addresses) process.stdout.write(`bhatti serves ${address}\n`);
    report({ ready: daemon.addresses });
    const { promise, resolve } = Promise.withResolvers<void>();
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
    process.on('SIGHUP', () => {}); // a terminal that closes does not end it
    await promise;
    await daemon.close();
  } catch (thrown) {
    // What could not be put away after a failure says less than the failure.
    const error = thrown instanceof SuppressedError ? thrown.suppressed : thrown;
    const body =
      error instanceof BhattiError ? error.toBody() : { code: 'internal', message: String(error), remedy: '' };
    report({ error: body });
    throw error;
  }
}
