/** The programs the network's keeper runs: once to their end, or for as long as it lives. */
import { O_RDONLY } from '@bhatti/runtime/linux/constants.ts';
import type { ChildCall, Fd, Loop, Pid, Sys, WaitStatus } from '@bhatti/runtime/sys.ts';
import { dieWithParent } from './child-setup.ts';
import { Drain } from './drain.ts';
import { Tail } from './tail.ts';

const OUTPUT_MAX = 64 * 1024;

export interface Command {
  readonly path: string;
  readonly args: readonly string[];
  /** Made before exec. */
  readonly calls?: readonly ChildCall[];
  /** Descriptors 3 and up. */
  readonly fds?: readonly Fd[];
}

export interface Running {
  readonly pid: Pid;
  readonly ended: Promise<WaitStatus>;
}

export class Programs {
  readonly #sys: Sys;
  readonly #loop: Loop;

  constructor(sys: Sys, loop: Loop) {
    this.#sys = sys;
    this.#loop = loop;
  }

  /** @param onOutput stdout and stderr together. @throws SpawnError */
  start(command: Command, onOutput: (bytes: Uint8Array) => void): Running {
    const sys = this.#sys;
    const nothing = sys.open('/dev/null', O_RDONLY);
    const output = sys.pipe();
    sys.setNonBlocking(output.write, false);
    const fds = [nothing, output.write, output.write, ...(command.fds ?? [])];
    const argv = [command.path, ...command.args];
    const calls = [...(command.calls ?? []), dieWithParent()];
    const pid = sys.spawn({ path: command.path, argv, env: [], fds, calls });
    sys.close(nothing);
    sys.close(output.write);
    const drain = new Drain(sys, this.#loop, output.read, onOutput);
    const ended = new Promise<WaitStatus>((resolve) => {
      this.#loop.onExit(pid, (status) => {
        drain.rest();
        resolve(status);
      });
    });
    return { pid, ended };
  }

  /** Runs it to its end. @returns what it wrote. @throws Error with that when it fails */
  async run(command: Command): Promise<string> {
    const output = new Tail(OUTPUT_MAX);
    const status = await this.start(command, (bytes) => output.append(bytes)).ended;
    if ('code' in status && status.code === 0) return output.text();
    throw new Error(`${command.path}: ${output.text().trim().slice(0, 500)}`);
  }
}
