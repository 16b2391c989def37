/**
 * The keeper of the network: holder of the namespaces, parent of slirp4netns and of `ip monitor`.
 *
 *   unshare --> namespaces held by descriptors --> filter in force --> slirp4netns up --> ready
 *   ready: an address of the host comes or goes --> filter follows;  slirp4netns or `ip` dies --> started again;
 *          'reload' --> filter anew;  'release' --> gone, and the namespaces with the last QEMU in them
 *
 * The filter stands before there is any way out: what fails in between fails closed.
 */
import { O_RDONLY, SIGNALS } from '@bhatti/runtime/linux/constants.ts';
import type { Fd, Loop, Sys } from '@bhatti/runtime/sys.ts';
import { enterNamespaces } from './child-setup.ts';
import { Control } from './control.ts';
import { CONTROL_SOCKET, type Command, JOB_SIZE_MAX, type Report } from './job.ts';
import {
  addressesOf,
  NETWORK_FILE,
  type NetworkJob,
  parseNetworkJob,
  RULES_FILE,
  rulesWithHost,
} from './network-job.ts';
import { Programs, type Running } from './network-programs.ts';
import { sayFailed, sayReady } from './say.ts';
import { Tail } from './tail.ts';

const RULES_SIZE_MAX = 256 * 1024;
/** What nft was given last. */
const RULES_IN_FORCE_FILE = 'rules-in-force.nft';
const TAP = 'tap0';
/** A child that ends at once is not started in a circle. */
const RESTART_AFTER_MS = 1000;
/** What slirp4netns said last, for the error when it does not come up. */
const UPLINK_WORDS_MAX = 500;
/** slirp4netns: descriptors it is told to write its readiness to, and to end with. */
const READY_FD = 3;
const EXIT_FD = 4;

export class Network {
  readonly #sys: Sys;
  readonly #loop: Loop;
  readonly #job: NetworkJob;
  readonly #programs: Programs;
  #net: Fd = -1;
  #user: Fd | null = null;
  /** slirp4netns ends when the other end of this pipe is closed, which is with this process. */
  readonly #life: { read: Fd; write: Fd };
  #applying: Promise<void> = Promise.resolve();

  constructor(sys: Sys, loop: Loop, job: NetworkJob) {
    this.#sys = sys;
    this.#loop = loop;
    this.#job = job;
    this.#programs = new Programs(sys, loop);
    this.#life = sys.pipe();
  }

  /** @throws Error with the words of the program that failed */
  async start(): Promise<void> {
    await this.#unshare();
    this.#keep(() => this.#watchAddresses());
    await this.apply();
    await new Promise<void>((resolve, reject) => {
      const said = new Tail(UPLINK_WORDS_MAX);
      const first = this.#startUplink(resolve, said);
      first.ended.then(() => reject(new Error(`${this.#job.slirp4netns}: ${said.text().trim()}`)));
      this.#restartWhenOver(first, () => this.#startUplink(() => undefined, new Tail(UPLINK_WORDS_MAX)));
    });
    new Control(this.#sys, this.#loop, CONTROL_SOCKET, {
      greeting: () => this.#state(),
      onCommand: (command) => this.#obey(command),
    });
  }

  /** Puts the rules with the host's present addresses in force; one such turn after the other. */
  apply(): Promise<void> {
    const turn = this.#applying.then(() => this.#applyNow());
    this.#applying = turn.catch(() => undefined);
    return turn;
  }

  async #applyNow(): Promise<void> {
    const { ip, nft, hostSet } = this.#job;
    const addresses = addressesOf(await this.#programs.run({ path: ip, args: ['-4', '-o', 'address'] }));
    const rules = new TextDecoder().decode(this.#sys.readFile(RULES_FILE, RULES_SIZE_MAX));
    this.#sys.writeFile(RULES_IN_FORCE_FILE, rulesWithHost(rules, hostSet, addresses), { mode: 0o600 });
    const calls = enterNamespaces(this.#spaces());
    await this.#programs.run({ path: nft, args: ['-f', RULES_IN_FORCE_FILE], calls });
  }

  /** The namespaces live as long as somebody has a descriptor of them: the process they were made with need not. */
  async #unshare(): Promise<void> {
    const user = this.#job.userNamespace ? ['--user', '--map-root-user'] : [];
    const args = [...user, '--net', '/bin/sh', '-c', 'echo here; exec sleep 60'];
    const maker = await new Promise<Running>((resolve, reject) => {
      let said = '';
      const started = this.#programs.start({ path: this.#job.unshare, args }, (bytes) => {
        said += new TextDecoder().decode(bytes);
        if (said.startsWith('here\n')) resolve(started);
      });
      started.ended.then(() => reject(new Error(`${this.#job.unshare}: ${said.trim()}`)));
    });
    this.#net = this.#sys.open(`/proc/${maker.pid}/ns/net`, O_RDONLY);
    if (this.#job.userNamespace) this.#user = this.#sys.open(`/proc/${maker.pid}/ns/user`, O_RDONLY);
    this.#sys.kill(maker.pid, SIGNALS.KILL);
  }

  #spaces(): Fd[] {
    return this.#user === null ? [this.#net] : [this.#user, this.#net];
  }

  #startUplink(onReady: () => void, said: Tail): Running {
    const { slirp4netns, range, mtu } = this.#job;
    const here = `/proc/${this.#sys.getpid()}/fd`;
    const user = this.#user === null ? [] : [`--userns-path=${here}/${this.#user}`];
    const ready = this.#sys.pipe();
    const args = [
      ...['--configure', `--mtu=${mtu}`, `--cidr=${range}`, '--disable-host-loopback', '--enable-seccomp'],
      ...[`--ready-fd=${READY_FD}`, `--exit-fd=${EXIT_FD}`, '--netns-type=path', ...user],
      ...[`${here}/${this.#net}`, TAP],
    ];
    const started = this.#programs.start({ path: slirp4netns, args, fds: [ready.write, this.#life.read] }, (bytes) =>
      said.append(bytes),
    );
    this.#sys.close(ready.write);
    const watch = this.#loop.watch(ready.read, 'in', () => {
      const size = this.#sys.read(ready.read, new Uint8Array(1));
      watch.stop();
      this.#sys.close(ready.read);
      if (size > 0) onReady();
    });
    return started;
  }

  /** Asks again whenever `ip monitor` says anything: what it says exactly does not matter. */
  #watchAddresses(): Running {
    const args = ['-4', 'monitor', 'address'];
    return this.#programs.start({ path: this.#job.ip, args }, () => {
      this.apply().catch(() => undefined); // the rules in force stay; the next change tries again
    });
  }

  #keep(start: () => Running): void {
    this.#restartWhenOver(start(), start);
  }

  #restartWhenOver(running: Running, start: () => Running): void {
    running.ended.then(() => {
      this.#loop.after(RESTART_AFTER_MS, () => this.#keep(start));
    });
  }

  #state(): Report {
    const user = this.#user === null ? {} : { user: this.#user };
    return { is: 'network', keeper: this.#sys.getpid(), net: this.#net, ...user };
  }

  #obey(command: Command): void {
    if (command === 'reload') this.apply().catch(() => undefined);
    if (command === 'release') this.#sys.exit(0);
  }
}

/** Makes the network of the folder it runs in; says on stdout how that went. */
export async function network(sys: Sys, loop: Loop): Promise<void> {
  try {
    const job = parseNetworkJob(new TextDecoder().decode(sys.readFile(NETWORK_FILE, JOB_SIZE_MAX)));
    await new Network(sys, loop, job).start();
    sayReady(sys, sys.getpid());
  } catch (error) {
    sayFailed(sys, error);
  }
}
