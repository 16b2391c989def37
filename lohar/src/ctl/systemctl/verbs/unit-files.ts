/** enable, disable, mask, link and the other verbs that make and remove links of unit files. */
import type { Reply, UnitFilesRequest } from '../../../control/protocol.ts';
import { nameKind } from '../../../unit/name.ts';
import { mangleName } from '../../../unit/name-escape.ts';
import { UsageError } from '../../options.ts';
import { UNICODE } from '../../text/glyphs.ts';
import { changeText, noInstallConfig } from '../install-messages.ts';
import { type Ctl, EXIT, exitOf, replies, type Verb } from '../manager.ts';
import { redirectSysv } from '../sysv.ts';
import { jobVerb } from './job.ts';

type Op = UnitFilesRequest['op'];

/** Verbs whose units should have an [Install] section. */
const WANT_INSTALL: ReadonlySet<string> = new Set(['enable', 'disable', 'reenable']);
/** Verbs that leave a unit startable by others, and how they say so. */
const TRIGGERS: Readonly<Record<string, string>> = { disable: 'Disabling', mask: 'Masking' };

/** Names as typed into names of units; paths stay. @throws UsageError */
export function unitNames({ program, settings }: Ctl, names: readonly string[], suffix = '.service'): string[] {
  return names.map((typed) => {
    if (typed.includes('/')) return typed;
    const mangled = mangleName(typed, suffix, false);
    if (mangled.is !== 'name') throw new UsageError(`Failed to mangle unit name or path '${typed}': Invalid argument`);
    if (mangled.escaped && !settings.quiet)
      program.err(`Invalid unit name "${typed}" escaped as "${mangled.name}" (maybe you should use systemd-escape?).`);
    return mangled.name;
  });
}

interface Outcome {
  readonly code: number;
  readonly carriesInstall: boolean;
  readonly triggered: readonly string[];
}

function report(ctl: Ctl, verb: string, reply: Extract<Reply, { is: 'changes' }>): number {
  const { program, settings } = ctl;
  let code = 0;
  for (const change of reply.changes) {
    const said = changeText(change, verb, program.glyphs.arrow);
    if (said.failed) code = EXIT.failure;
    if (said.failed || !settings.quiet) program.err(said.text);
  }
  return code;
}

/** @param fails what the operation is called in "Failed to ..." */
function perform(ctl: Ctl, request: UnitFilesRequest, verb: string, fails: string): Outcome {
  let code = 0;
  let carriesInstall = true;
  const triggered: string[] = [];
  for (const reply of replies(ctl, request)) {
    if (reply.is === 'error' || reply.is === 'failed') {
      ctl.program.err(`Failed to ${fails}${ctl.offline === undefined ? ':' : ','} ${reply.error.message}`);
      code ||= EXIT.failure;
    } else if (reply.is === 'changes') {
      code ||= report(ctl, verb, reply);
      carriesInstall = reply.carriesInstall;
    } else if (reply.is === 'triggered-by')
      triggered.push(
        `${TRIGGERS[verb]} '${reply.unit}', but its triggering units are still active:\n${reply.units.join(', ')}`,
      );
  }
  return { code, carriesInstall, triggered };
}

function warnTriggers(
  { program, settings }: Ctl,
  verb: string,
  names: readonly string[],
  said: readonly string[],
): void {
  if (TRIGGERS[verb] === undefined || settings.quiet || settings.noWarn) return;
  for (const text of said) program.err(text);
  for (const name of names)
    if (nameKind(name) === 'template')
      program.err(`Failed to get triggering units for '${name}', ignoring: Invalid argument`);
}

function requestOf({ settings }: Ctl, op: Op, names: readonly string[]): UnitFilesRequest {
  return {
    verb: 'unit-files',
    op,
    names,
    runtime: settings.runtime,
    force: settings.force > 0,
    presetMode: settings.presetMode,
    ...(settings.noReload ? { noReload: true } : {}),
  };
}

/** disable takes the name of a path; link wants a path. */
function normalized(ctl: Ctl, verb: string, names: readonly string[]): string[] {
  if (verb === 'disable' && names.some((name) => name.includes('/'))) {
    ctl.program.err("Warning: Can't execute disable on the unit file path. Proceeding with the unit name.");
    return names.map((name) => name.slice(name.lastIndexOf('/') + 1));
  }
  if (verb !== 'link') return [...names];
  for (const name of names) {
    if (name.includes('/')) continue;
    throw new UsageError(
      `Link argument must contain at least one directory separator.\nIf you intended to link a file in the current directory, try ./${name} instead.`,
    );
  }
  return [...names];
}

/** @throws UsageError */
export const unitFileVerb: Verb = (ctl, typed, verb) => {
  const { program, settings } = ctl;
  const mangled = verb === 'link' ? [...typed] : unitNames(ctl, typed);
  const usesSysv = (verb === 'enable' || verb === 'disable') && program.env.get('SYSTEMCTL_SKIP_SYSV') !== '1';
  const sysv = usesSysv ? redirectSysv(ctl, verb, mangled) : { native: mangled, failed: false };
  if (sysv.failed) return EXIT.failure;
  const names = normalized(ctl, verb, sysv.native);
  if (names.length === 0) {
    if (!settings.noReload) for (const _ of replies(ctl, { verb: 'daemon-reload' }));
    return 0;
  }
  const outcome = perform(ctl, requestOf(ctl, verb as Op, names), verb, `${verb} unit`);
  if (outcome.code !== 0) return outcome.code;
  warnTriggers(ctl, verb, names, outcome.triggered);
  if (WANT_INSTALL.has(verb) && !outcome.carriesInstall && !settings.quiet && !settings.noWarn)
    program.err(noInstallConfig(program.glyphs === UNICODE));
  if (settings.now && (verb === 'enable' || verb === 'disable' || verb === 'mask')) {
    const units = names.map((name) => name.slice(name.lastIndexOf('/') + 1));
    jobVerb(ctl, units, verb === 'enable' ? 'start' : 'stop');
  }
  return 0;
};

export const presetAll: Verb = (ctl) =>
  perform(ctl, requestOf(ctl, 'preset-all', []), 'preset', 'preset all units').code;

/** add-wants TARGET UNIT..., add-requires */
export const addDependency: Verb = (ctl, words, verb) => {
  const [target = '', ...names] = unitNames(ctl, words);
  const first = words[0] ?? '';
  const unit = first.includes('.') ? target : target.replace(/\.service$/, '.target');
  const request = { ...requestOf(ctl, verb as Op, names), target: unit };
  return perform(ctl, request, 'add dependency', 'add dependency').code;
};

export const setDefault: Verb = (ctl, words) => {
  const names = unitNames(ctl, words, '.target');
  const request = { ...requestOf(ctl, 'set-default', names), force: true };
  return perform(ctl, request, 'set-default', 'set default target').code;
};

export const getDefault: Verb = (ctl) => {
  for (const reply of replies(ctl, { verb: 'get-default' })) {
    if (reply.is === 'error') {
      ctl.program.err(`Failed to get default target: ${reply.error.message}`);
      return exitOf(reply.error);
    }
    if (reply.is === 'default-target') ctl.program.out(`${reply.unit}\n`);
  }
  return 0;
};

const ENABLED: ReadonlySet<string> = new Set([
  'enabled',
  'enabled-runtime',
  'static',
  'alias',
  'indirect',
  'generated',
]);

export const isEnabled: Verb = (ctl, typed) => {
  const { program, settings } = ctl;
  const sysv = redirectSysv(ctl, 'is-enabled', unitNames(ctl, typed));
  let found = sysv.state !== 'none';
  let enabled = sysv.state === 'enabled';
  if (sysv.native.length > 0) {
    for (const reply of replies(ctl, { verb: 'is-enabled', names: sysv.native })) {
      if (reply.is === 'error' || reply.is === 'failed') {
        const name = reply.is === 'failed' ? reply.name : (sysv.native[0] ?? '');
        program.err(`Failed to get unit file state for ${name}: ${reply.error.message}`);
        return EXIT.failure;
      }
      if (reply.is !== 'file-state') continue;
      if (!settings.quiet) program.out(`${reply.state}\n`);
      if (reply.state !== 'not-found') found = true;
      if (ENABLED.has(reply.state)) enabled = true;
    }
  }
  return enabled ? 0 : found ? EXIT.failure : EXIT.unknown;
};
