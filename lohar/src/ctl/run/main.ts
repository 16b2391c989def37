/** systemd-run: a command as a service, in a scope, or started by a timer. Texts: systemd 255. */

import type { Reply, Request } from '../../control/protocol.ts';
import { quoteArgument } from '../../journal/command-line.ts';
import { mergeEnvironment } from '../../unit/exec/environment.ts';
import { typeOfName } from '../../unit/name.ts';
import { mangleName } from '../../unit/name-escape.ts';
import { signalName } from '../../unit/value/signal.ts';
import { formatTimeSpan, USEC_PER_MSEC } from '../../unit/value/time-span.ts';
import { ask } from '../control-client.ts';
import { UsageError } from '../options.ts';
import type { Program } from '../program.ts';
import { execute, findProgram } from '../run-child.ts';
import { jobComplaint } from '../systemctl/job-result.ts';
import { VERSION_TEXT } from '../systemd-version.ts';
import { formatBytes } from '../text/byte-size.ts';
import { type RunWish, readOptions } from './options.ts';

type StartRequest = Extract<Request, { verb: 'start-transient' }>;
type Started = Extract<Reply, { is: 'transient' }>;
type Finished = Extract<Reply, { is: 'finished' }>;
const EXIT_EXCEPTION = 255;

/** As a word of an Exec line that stays as it is, but for variables. */
function word(text: string): string {
  const escaped = text.replace(/[\\"\n\t]/g, (character) => ESCAPES[character] ?? character);
  return `"${escaped.replaceAll('%', '%%')}"`;
}
const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '"': '\\"', '\n': '\\n', '\t': '\\t' };

function randomName(program: Program): string {
  const hex = [...program.sys.random(16)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return `run-r${hex}`;
}

/** The unit's name of a type, from --unit= or made up. */
function nameOf(given: string, type: 'service' | 'scope' | 'timer' | 'path' | 'socket'): string {
  const known = typeOfName(given);
  const stem = known === null ? given : given.slice(0, -known.length - 1);
  const mangled = mangleName(stem, `.${type}`, false);
  if (mangled.is !== 'name') throw new UsageError('Failed to mangle unit name: Invalid argument');
  return mangled.name;
}

const plainly = (text: string): string => text.replaceAll('%', '%%');

function commandOf(program: Program, { command }: RunWish): string[] {
  const [first = '', ...rest] = command;
  const path = findProgram(program, first);
  if (path === null) throw new UsageError(`Failed to find executable ${first}: No such file or directory`);
  return [path, ...rest];
}

function serviceSettings(wish: RunWish, argv: readonly string[]): string[] {
  const keepsDollars = wish.asked.has('expand-environment') ? ':' : '';
  return [
    `Description=${plainly(wish.description || argv.map(quoteArgument).join(' '))}`,
    ...wish.properties,
    ...wish.environment.map((entry) => `Environment=${word(entry)}`),
    ...(argv.length === 0 ? [] : [`ExecStart=${keepsDollars}${argv.map(word).join(' ')}`]),
  ];
}

function requestOf(program: Program, wish: RunWish): StartRequest {
  const { asked } = wish;
  const base = wish.unit || randomName(program);
  const trigger = (['timer', 'path', 'socket'] as const).find((type) => wish[type].length > 0);
  const argv = wish.command.length === 0 ? [] : commandOf(program, wish);
  const flags = { verb: 'start-transient', block: !asked.has('no-block') } as const;
  if (trigger === undefined) {
    const waits = asked.has('wait') || asked.has('pipe');
    const properties = serviceSettings(wish, argv);
    return { ...flags, name: nameOf(base, 'service'), properties, wait: waits, pipe: asked.has('pipe') };
  }
  const settings = serviceSettings(wish, argv);
  const once = trigger === 'timer' ? ['RemainAfterElapse=no'] : [];
  return {
    ...{ ...flags, name: nameOf(base, trigger), wait: false, pipe: false },
    properties: [settings[0] ?? '', ...once, ...wish[trigger]],
    ...(argv.length === 0 ? {} : { auxName: nameOf(base, 'service'), auxProperties: settings }),
  };
}

function say(program: Program, { asked }: RunWish, text: string): void {
  if (!asked.has('quiet')) program.err(text);
}

function report(program: Program, finished: Finished): void {
  program.err(`Finished with result: ${finished.result}`);
  if (finished.code !== '') {
    const status = finished.code === 'exited' ? finished.status : signalName(finished.status);
    program.err(`Main processes terminated with: code=${finished.code}/status=${status}`);
  }
  if (finished.runtimeUsec > 0) program.err(`Service runtime: ${formatTimeSpan(finished.runtimeUsec, USEC_PER_MSEC)}`);
  if (finished.cpuUsec > 0) program.err(`CPU time consumed: ${formatTimeSpan(finished.cpuUsec, USEC_PER_MSEC)}`);
  if (finished.memoryPeak !== undefined) program.err(`Memory peak: ${formatBytes(finished.memoryPeak)}`);
  if (finished.swapPeak !== undefined) program.err(`Memory swap peak: ${formatBytes(finished.swapPeak)}`);
}

function exitOf({ result, code, status }: Finished): number {
  if (result === 'success') return 0;
  if (result === 'exit-code' && code === 'exited' && status > 0) return status;
  return result === 'signal' || result === 'core-dump' ? EXIT_EXCEPTION : 1;
}

function started(program: Program, wish: RunWish, request: StartRequest, reply: Started): void {
  const type = typeOfName(request.name);
  const id = reply.invocationId === '' ? '' : `; invocation ID: ${reply.invocationId}`;
  if (type === 'service' || type === 'scope') say(program, wish, `Running as unit: ${reply.unit}${id}`);
  else {
    say(program, wish, `Running ${type} as unit: ${reply.unit}`);
    if (request.auxName !== undefined) say(program, wish, `Will run service as unit: ${request.auxName}`);
  }
}

/** @returns the exit code; 0 when it runs */
function start(program: Program, wish: RunWish, request: StartRequest): number {
  let code = 0;
  /** Said once the job has gone well. */
  let known: Started | null = null;
  for (const reply of ask(program.sys, request)) {
    if (reply.is === 'error') {
      const type = typeOfName(request.name) ?? 'service';
      const isPlain = reply.error.name === 'InvalidArgs';
      throw new UsageError(
        isPlain ? reply.error.message : `Failed to start transient ${type} unit: ${reply.error.message}`,
      );
    }
    if (reply.is === 'job') {
      const complaint = jobComplaint(reply.unit, reply.result, reply.unitResult);
      if (complaint === null) {
        if (known !== null) started(program, wish, request, known);
        continue;
      }
      program.err(complaint);
      code = 1;
    } else if (reply.is === 'transient' && request.block) known = reply;
    else if (reply.is === 'transient') started(program, wish, request, reply);
    else if (reply.is === 'finished') {
      if (wish.asked.has('wait') && !wish.asked.has('quiet')) report(program, reply);
      code = exitOf(reply);
    }
  }
  return code;
}

/** PID 1 puts us into the scope, and we become the command. */
function runScope(program: Program, wish: RunWish): number {
  const argv = commandOf(program, wish);
  const request: StartRequest = {
    ...{ verb: 'start-transient', name: nameOf(wish.unit || randomName(program), 'scope') },
    properties: [`Description=${plainly(wish.description || argv.map(quoteArgument).join(' '))}`, ...wish.properties],
    ...{ block: true, wait: false, pipe: false },
  };
  const code = start(program, wish, request);
  if (code !== 0) return code;
  const inherited = [...program.env].map(([name, value]) => `${name}=${value}`);
  return execute(program, argv, mergeEnvironment(inherited, wish.environment));
}

export function run(program: Program): number {
  const wish = readOptions(program);
  if (wish.asked.has('version')) {
    program.out(VERSION_TEXT);
    return 0;
  }
  const needsCommand = wish.timer.length + wish.path.length + wish.socket.length === 0 || wish.unit === '';
  if (wish.command.length === 0 && needsCommand) throw new UsageError('Command line to execute required.');
  return wish.asked.has('scope') ? runScope(program, wish) : start(program, wish, requestOf(program, wish));
}
