/** enable, disable, mask and the like, is-enabled, list-unit-files, get-default. */
import { SysError } from '@bhatti/runtime/sys.ts';
import { DiskInstallFiles } from '../manager/disk-install-files.ts';
import { errorText } from '../manager/launch/error-text.ts';
import type { UnitFileFacts } from '../manager/unit-file-facts.ts';
import { nameExpression } from '../unit/condition/compare.ts';
import { defaultTarget, type Installed, Installer } from '../unit/install/enable.ts';
import { InstallFailed } from '../unit/install/install-failed.ts';
import type { InstallFiles } from '../unit/install/install-files.ts';
import { mask, revert, unmask } from '../unit/install/mask.ts';
import { Presets } from '../unit/install/preset.ts';
import { typeOfName } from '../unit/name.ts';
import { mangleName } from '../unit/name-escape.ts';
import type { AnswersPort } from './answers-port.ts';
import type { Client } from './conversation.ts';
import type { Request, UnitFileRow, UnitFilesRequest } from './protocol.ts';

type Of<Verb extends Request['verb']> = Extract<Request, { verb: Verb }>;

export function answerUnitFiles(request: UnitFilesRequest, client: Client, port: AnswersPort): void {
  try {
    const files = new DiskInstallFiles(port.sys);
    const { changes, carriesInstall } = changeUnitFiles(request, namesOf(request, client), files, port.unitFiles);
    client.reply({ is: 'changes', changes, carriesInstall });
  } catch (error) {
    if (error instanceof InstallFailed) client.reply({ is: 'error', error: error.error });
    else if (error instanceof SysError)
      client.reply({ is: 'error', error: { name: 'Failed', message: errorText(error.code) } });
    else throw error;
  }
  port.unitFiles.forget();
  if (request.noReload === true) client.end();
  else port.reload(() => afterReload(request, port, () => client.end()));
}

/** What set-property had set is no more: the kernel is told. */
function afterReload({ op, names }: UnitFilesRequest, { manager, world }: AnswersPort, done: () => void): void {
  const units =
    op === 'revert' ? names.map((name) => manager.registry.peek(name.includes('.') ? name : `${name}.service`)) : [];
  for (const unit of units) if (unit !== null && !unit.isDown) world.applyLimits(unit);
  done();
}

/** Paths stay; names get their suffix. */
function namesOf(request: UnitFilesRequest, client: Client): string[] {
  const suffix = request.op === 'set-default' ? '.target' : '.service';
  return request.names.map((typed) => {
    if (typed.startsWith('/')) return typed;
    const mangled = mangleName(typed, suffix, false);
    if (mangled.is !== 'name') throw new InstallFailed('InvalidArgs', `Unit name ${typed} is not valid.`);
    if (mangled.escaped) client.reply({ is: 'escaped', from: typed, to: mangled.name });
    return mangled.name;
  });
}

/** @param names paths, and names with their suffix @throws InstallFailed */
export function changeUnitFiles(
  request: UnitFilesRequest,
  names: readonly string[],
  files: InstallFiles,
  facts: UnitFileFacts,
): Installed {
  const { op, runtime, force } = request;
  const options = { runtime, force };
  const installer = new Installer(files, options, facts.resolveFor);
  switch (op) {
    case 'enable':
      return installer.enable(names);
    case 'disable':
      return installer.disable(names);
    case 'reenable':
      return installer.reenable(names);
    case 'link':
      return installer.link(names);
    case 'mask':
      return mask(names, files, options);
    case 'unmask':
      return unmask(names, files, options);
    case 'revert':
      return revert(names, files);
    case 'set-default':
      return new Installer(files, { ...options, force: true }, facts.resolveFor).setDefault(names[0] ?? '');
    case 'add-wants':
    case 'add-requires':
      return installer.addDependency(targetOf(request), op === 'add-wants' ? 'wants' : 'requires', names);
    case 'preset':
      return preset(names, request, files, installer);
    case 'preset-all':
      return preset(
        [...facts.all(() => true)].filter((one) => one.preset !== '').map((one) => one.name),
        request,
        files,
        installer,
      );
    default:
      throw new InstallFailed('NotSupported', `Operation ${String(op)} is not supported.`);
  }
}

function targetOf({ target = '' }: UnitFilesRequest): string {
  const mangled = mangleName(target, '.target', false);
  if (mangled.is !== 'name') throw new InstallFailed('InvalidArgs', `Unit name ${target} is not valid.`);
  return mangled.name;
}

function preset(
  names: readonly string[],
  { presetMode = 'full' }: UnitFilesRequest,
  files: InstallFiles,
  installer: Installer,
): Installed {
  const presets = new Presets(files);
  const enable: string[] = [];
  const disable: string[] = [];
  for (const name of names) {
    const wanted = presets.of(name);
    if (wanted.does === 'enable') enable.push(...wanted.names);
    else if (wanted.does === 'disable') disable.push(name);
  }
  const off = presetMode === 'enable-only' || disable.length === 0 ? null : installer.disable(disable);
  const on = presetMode === 'disable-only' || enable.length === 0 ? null : installer.enable(enable);
  return {
    changes: installer.changes,
    carriesInstall: (off?.carriesInstall ?? false) || (on?.carriesInstall ?? false) || (off === null && on === null),
  };
}

export function answerIsEnabled({ names }: Of<'is-enabled'>, client: Client, port: AnswersPort): void {
  for (const name of names) {
    if (name.startsWith('/')) {
      client.reply({ is: 'failed', name, unit: name, error: { name: 'InvalidArgs', message: 'Invalid argument' } });
      continue;
    }
    const mangled = mangleName(name, '.service', false);
    if (mangled.is !== 'name') {
      client.reply({ is: 'failed', name, unit: name, error: { name: 'InvalidArgs', message: 'Invalid argument' } });
      continue;
    }
    client.reply({ is: 'file-state', name, unit: mangled.name, ...port.unitFiles.stateOf(mangled.name) });
  }
  client.end();
}

/** Rows of list-unit-files. */
export function matchingFiles(request: Of<'list-unit-files'>, facts: UnitFileFacts): UnitFileRow[] {
  const expressions = request.patterns.map((pattern) =>
    nameExpression(/[*?[]|\.[a-z]+$/.test(pattern) ? pattern : `${pattern}.service`),
  );
  const types = new Set(request.types);
  const wanted = (name: string): boolean =>
    (types.size === 0 || types.has(typeOfName(name) ?? '')) &&
    (expressions.length === 0 || expressions.some((one) => one.test(name)));
  const all = [...facts.all(wanted)].filter((one) => request.states.length === 0 || request.states.includes(one.state));
  return all.map(({ name, state, preset }) => ({ file: name, state, preset }));
}

export function answerListUnitFiles(request: Of<'list-unit-files'>, client: Client, port: AnswersPort): void {
  client.reply({ is: 'unit-files', files: matchingFiles(request, port.unitFiles) });
  client.end();
}

export function answerGetDefault(client: Client, port: AnswersPort): void {
  try {
    client.reply({ is: 'default-target', unit: defaultTarget(new DiskInstallFiles(port.sys)) });
  } catch (error) {
    if (!(error instanceof InstallFailed)) throw error;
    client.reply({ is: 'error', error: error.error });
  }
  client.end();
}
