/** A command or session of a sandbox joined with this process: its streams with ours, its end with our exit code. */
import { constants } from 'node:os';
import { BhattiError } from '@bhatti/wire/errors.ts';
import { type Exit, STDERR, STDIN, STDOUT } from '@bhatti/wire/messages.ts';
import { errorOf } from './api.ts';
import type { StreamFrame } from './replies.ts';
import type { Channel } from './web-socket.ts';

export type Ending =
  | { readonly how: 'exit'; readonly exit: Exit }
  | { readonly how: 'detached' }
  | { readonly how: 'lost'; readonly error: BhattiError };

export type Started = Extract<StreamFrame, { type: 'started' }>;

export interface Outputs {
  /** Resolve when there is room for more. */
  stdout(bytes: Uint8Array): Promise<void>;
  stderr(bytes: Uint8Array): Promise<void>;
}

/** As a shell says it: the command's code, 128 and the signal's number, 124 after a timeout as timeout(1) does. */
export function exitCode(exit: Exit): number {
  if (exit.timedOut) return 124;
  if ('code' in exit) return exit.code;
  return 128 + (constants.signals[exit.signal as NodeJS.Signals] ?? 0);
}

/** The bytes of standard input as a message of the stream. */
export function inputMessage(bytes: Uint8Array): Uint8Array {
  const message = new Uint8Array(bytes.length + 1);
  message[0] = STDIN;
  message.set(bytes, 1);
  return message;
}

function frameOf(text: string): StreamFrame {
  return JSON.parse(text) as StreamFrame;
}

/** Passes output on until the command ends. @throws BhattiError of the daemon */
export async function follow(
  channel: Channel,
  outputs: Outputs,
  onStarted: (started: Started) => void,
): Promise<Ending> {
  try {
    for await (const message of channel.messages()) {
      if ('bytes' in message) {
        const bytes = message.bytes.subarray(1);
        if (message.bytes[0] === STDOUT) await outputs.stdout(bytes);
        else if (message.bytes[0] === STDERR) await outputs.stderr(bytes);
        continue;
      }
      const frame = frameOf(message.text);
      if (frame.type === 'started') onStarted(frame);
      if (frame.type === 'error') throw errorOf(frame);
      if (frame.type === 'exit') return { how: 'exit', exit: frame.exit };
      if (frame.type === 'detached') return { how: 'detached' };
    }
  } catch (error) {
    if (error instanceof BhattiError && error.code === 'link.lost') return { how: 'lost', error };
    throw error;
  } finally {
    channel.close();
  }
  const error = new BhattiError('link.lost', 'cannot tell how the command ended: the stream was closed', {
    remedy: 'bhatti list shows what still runs',
  });
  return { how: 'lost', error };
}
