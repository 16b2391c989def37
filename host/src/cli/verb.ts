/** How a verb is written: a file of commands/ exports `define`, which describes it and says what it does. */
import type { Command } from 'commander';
import type { Cli } from './context.ts';

/** Exit code, when it is not 0. */
export type Outcome = Promise<number | undefined>;

/** Wraps what a verb does: commander's arguments, the client, and errors told in one way. */
export type Act = <O, A extends readonly unknown[]>(
  does: (cli: Cli, options: O, ...args: A) => Outcome | Promise<void>,
) => (...given: unknown[]) => Promise<void>;

export type Define = (command: Command, act: Act) => void;

/** Collects an option that may be given again and again. */
export function repeated(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

/** Examples under a verb's --help. */
export function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  ${line}`).join('\n')}\n`;
}
