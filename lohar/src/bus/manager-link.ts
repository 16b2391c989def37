/**
 * PID 1 as the companion sees it: one connection that tells names, and one after the other on which it is told what the
 * bus says. PID 1 may execute itself anew at any moment; what it has not answered is asked again.
 */
import { AGAIN, type Fd, type Loop, type Sys, SysError, type Watch } from '@bhatti/runtime/sys.ts';
import { CONTROL_SOCKET, type Reply, type Request } from '../control/protocol.ts';
import { ask, type ControlSys, NoManager } from '../ctl/control-client.ts';

/** Until PID 1 is looked for again. */
const AGAIN_MS = 100;
/** Requests that wait for a PID 1 that does not answer. */
const REQUESTS_MAX = 8192;
const LINE_MAX = 64 * 1024;
const CHUNK = 4096;

export interface LinkPort {
  readonly sys: ControlSys & Pick<Sys, 'read'>;
  readonly loop: Pick<Loop, 'watch' | 'after'>;
  /** A unit waits for this name, or has it. All of them are told to each connection. */
  named(name: string): void;
  /** This cannot go on. */
  failed(why: string): void;
}

type Answered = (replies: readonly Reply[]) => void;

export class ManagerLink {
  readonly #port: LinkPort;
  readonly #requests: { readonly request: Request; readonly answered: Answered }[] = [];
  #isBusy = false;

  constructor(port: LinkPort) {
    this.#port = port;
  }

  /** PID 1 hears what was said before first. */
  say(request: Request, answered: Answered = () => undefined): void {
    if (this.#requests.length >= REQUESTS_MAX) {
      this.#port.failed('PID 1 does not answer');
      return;
    }
    this.#requests.push({ request, answered });
    if (!this.#isBusy) this.#work();
  }

  #work(): void {
    this.#isBusy = true;
    for (let next = this.#requests[0]; next !== undefined; next = this.#requests[0]) {
      const replies = this.#ask(next.request);
      if (replies === null) {
        this.#port.loop.after(AGAIN_MS, () => this.#work());
        return;
      }
      this.#requests.shift();
      next.answered(replies);
    }
    this.#isBusy = false;
  }

  #ask(request: Request): readonly Reply[] | null {
    try {
      return [...ask(this.#port.sys, request)];
    } catch (error) {
      if (error instanceof NoManager || error instanceof SysError) return null;
      throw error;
    }
  }

  /** Hears of names from now on, whatever becomes of PID 1. */
  follow(): void {
    const { sys, loop } = this.#port;
    const again = (): void => void loop.after(AGAIN_MS, () => this.follow());
    try {
      const fd = sys.connectUnix(CONTROL_SOCKET, 'stream');
      const request: Request = { verb: 'bus-names' };
      sys.write(fd, sys.encode(`${JSON.stringify(request)}\n`));
      new Lines(this.#port, fd, again);
    } catch (error) {
      if (!(error instanceof SysError)) throw error;
      again();
    }
  }
}

/** Reads the names of one connection until it ends. */
class Lines {
  readonly #port: LinkPort;
  readonly #fd: Fd;
  readonly #watch: Watch;
  readonly #over: () => void;
  #held = '';

  constructor(port: LinkPort, fd: Fd, over: () => void) {
    this.#port = port;
    this.#fd = fd;
    this.#over = over;
    this.#watch = port.loop.watch(fd, 'in', () => this.#receive());
  }

  #receive(): void {
    const { sys } = this.#port;
    const chunk = new Uint8Array(CHUNK);
    let size = 0;
    try {
      size = sys.read(this.#fd, chunk);
    } catch (error) {
      if (!(error instanceof SysError)) throw error;
    }
    if (size === AGAIN) return;
    if (size === 0 || this.#held.length > LINE_MAX) {
      this.#watch.stop();
      sys.close(this.#fd);
      this.#over();
      return;
    }
    const lines = (this.#held + sys.decode(chunk.subarray(0, size))).split('\n');
    this.#held = lines.pop() ?? '';
    for (const line of lines) {
      const reply = JSON.parse(line) as Reply;
      if (reply.is === 'bus-name') this.#port.named(reply.name);
      // An image of PID 1 from before this program was installed does not know the verb.
      else if (reply.is === 'error') this.#port.failed(`PID 1 tells no names: ${reply.error.message}`);
    }
  }
}
