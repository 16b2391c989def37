import { type Exit, type GuestMessage, STDERR, STDIN, STDOUT } from '@bhatti/wire/messages.ts';
import type { AgentStream } from '../ports/agent.ts';
import { reply } from './reach.ts';

/** A command or session that runs in a guest, with its three streams. */
export interface Running {
  readonly pid: number;
  readonly session?: string;
  /** Bytes of input that it has taken, of one that is gone on with. */
  readonly given?: number;
  readonly stdout: AsyncIterable<Uint8Array>;
  readonly stderr: AsyncIterable<Uint8Array>;
  /** Settles when it has ended and said how; undefined when a session was detached instead. */
  readonly exit: Promise<Exit | undefined>;
  /** Resolves when the guest has room for more. */
  write(bytes: Uint8Array): Promise<void>;
  endInput(): void;
  signal(name: string): void;
  resize(rows: number, cols: number): void;
  /** Leaves a session running without us. */
  detach(): void;
  /** Gives it up: the guest kills a command that is no session. */
  close(): void;
}

async function exitOf(messages: AsyncIterator<GuestMessage>): Promise<Exit | undefined> {
  for (;;) {
    const { value, done } = await messages.next();
    if (done) return undefined;
    if (value.is === 'exit') return value.exit;
  }
}

/** Waits for `started`. @throws BhattiError of the guest */
export async function running(stream: AgentStream): Promise<Running> {
  const messages = stream.messages[Symbol.asyncIterator]();
  const started = await reply(messages, 'started');
  const exit = exitOf(messages);
  exit.catch(() => {}); // who reads the output may meet the error first
  return {
    pid: started.pid,
    ...(started.session === undefined ? {} : { session: started.session }),
    ...(started.given === undefined ? {} : { given: started.given }),
    stdout: stream.channel(STDOUT),
    stderr: stream.channel(STDERR),
    exit,
    write: (bytes) => stream.write(STDIN, bytes),
    endInput: () => stream.end(STDIN),
    signal: (signal) => stream.send({ is: 'signal', signal }),
    resize: (rows, cols) => stream.send({ is: 'resize', rows, cols }),
    detach: () => stream.send({ is: 'detach' }),
    close: () => stream.close(),
  };
}
