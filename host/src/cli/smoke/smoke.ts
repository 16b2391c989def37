/** What a tier's smoke test works with: a sandbox of it, seen from outside. */
import { setTimeout as pause } from 'node:timers/promises';
import { print, seconds, style } from '../terminal/output.ts';
import type { OwnProgram, Ran } from './own-program.ts';
import { checkUnits, type UnitTypes } from './units.ts';

/** A tier's smoke.ts exports it as default. */
export type SmokeTest = (smoke: Smoke) => Promise<void>;

const POLL_MS = 500;
/** Under emulation a desktop takes a minute to come up. */
const WAIT_MS = 180_000;

export class Smoke {
  /** Name of the sandbox. */
  readonly sandbox: string;
  readonly #program: OwnProgram;
  readonly #ends: (() => void)[] = [];
  /** Steps that failed. */
  readonly failures: string[] = [];

  constructor(program: OwnProgram, sandbox: string) {
    this.#program = program;
    this.sandbox = sandbox;
  }

  /** One thing that must be so. The steps after one that failed are still tried. */
  async step(name: string, work: () => Promise<void>): Promise<void> {
    const begun = performance.now();
    const took = (): string => seconds(performance.now() - begun);
    try {
      await work();
      print(`${style('green', 'ok')}    ${name} (${took()})`);
    } catch (error) {
      this.failures.push(name);
      print(`${style('red', 'FAIL')}  ${name} (${took()})\n${error instanceof Error ? error.message : String(error)}`);
    }
  }

  bhatti(verb: string, ...args: readonly string[]): Promise<Ran> {
    return this.#program.run(verb, ...args);
  }

  /** Runs a shell script in the sandbox. */
  run(script: string, user = 'lohar'): Promise<Ran> {
    return this.bhatti('exec', '--user', user, this.sandbox, '--', 'sh', '-c', script);
  }

  /** Its output without the last newline. @throws Error with all it wrote when it ends with another code than 0 */
  async output(script: string, user?: string): Promise<string> {
    const { code, stdout, stderr } = await this.run(script, user);
    if (code !== 0) throw new Error(`${script}\nended with ${code}:\n${stdout}${stderr}`);
    return stdout.toString().trimEnd();
  }

  /** Every unit is there, enabled, of its type, in the right state; killed it comes back; stopped it leaves nothing. */
  units(types: UnitTypes): Promise<void> {
    return checkUnits(this, types);
  }

  /** @returns the port of this machine that leads to one of the sandbox, until the test ends */
  async forward(port: number): Promise<number> {
    const child = this.#program.begin('forward', this.sandbox, `0:${port}`);
    this.#ends.push(() => child.kill());
    for await (const line of child.stdout ?? []) {
      const [, own] = /:(\d+) -> /.exec(String(line)) ?? [];
      if (own !== undefined) return Number(own);
    }
    throw new Error(`bhatti forward ${this.sandbox} 0:${port} ended`);
  }

  /** Asks again until it is true. @throws Error after three minutes */
  async until(what: string, ask: () => Promise<boolean>): Promise<void> {
    for (const deadline = performance.now() + WAIT_MS; !(await ask()); await pause(POLL_MS))
      if (performance.now() > deadline) throw new Error(`not in ${WAIT_MS / 1000} s: ${what}`);
  }

  close(): void {
    for (const end of this.#ends) end();
  }
}
