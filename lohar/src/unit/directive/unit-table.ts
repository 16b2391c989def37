/** The directives of [Unit]. Facts: systemd.unit(5). */
import { JOB_MODES } from '../model.ts';
import { parseBoolean } from '../value/scalar.ts';
import { boolean, oneOf, path, seconds, startTimeout, text, unsigned } from './basic-readers.ts';
import { directive, type Reader, type SettingsOf } from './directive.ts';
import {
  type Action,
  absolutePaths,
  action,
  type Condition,
  conditions,
  documentation,
  exitStatus,
  unitNames,
} from './unit-readers.ts';

const NONE: readonly string[] = [];
const NO_CONDITIONS: readonly Condition[] = [];
const names = directive<readonly string[]>(unitNames, NONE, 'graph');
const act = directive<Action>(action, 'none', 'action');
const NEVER: number = Number.POSITIVE_INFINITY;
const jobMode = oneOf(JOB_MODES, 'Failed to parse job mode');

/** OnFailureIsolate=: a boolean that picks a job mode. */
export const isolateMode: Reader<(typeof JOB_MODES)[number]> = (value, at) => {
  const flag = parseBoolean(value);
  if (flag === null) at.warn(`Failed to parse boolean, ignoring: ${value}`);
  else return flag ? 'isolate' : 'replace';
  return undefined;
};

export const UNIT_TABLE = {
  Description: directive(text, '', 'load'),
  Documentation: directive(documentation, NONE, 'load'),
  SourcePath: directive(path, '', 'load'),
  Requires: names,
  Requisite: names,
  Wants: names,
  BindsTo: names,
  PartOf: names,
  Upholds: names,
  Conflicts: names,
  Before: names,
  After: names,
  OnSuccess: names,
  OnFailure: names,
  PropagatesReloadTo: names,
  ReloadPropagatedFrom: names,
  PropagatesStopTo: names,
  StopPropagatedFrom: names,
  JoinsNamespaceOf: directive<readonly string[]>(unitNames, NONE, null),
  RequiresMountsFor: directive<readonly string[]>(absolutePaths, NONE, 'graph'),
  StopWhenUnneeded: directive(boolean, false, 'job'),
  RefuseManualStart: directive(boolean, false, 'job'),
  RefuseManualStop: directive(boolean, false, 'job'),
  AllowIsolate: directive(boolean, false, 'job'),
  DefaultDependencies: directive(boolean, true, 'graph'),
  SurviveFinalKillSignal: directive(boolean, false, null),
  OnSuccessJobMode: directive(jobMode, 'fail', 'job'),
  OnFailureJobMode: directive(jobMode, 'replace', 'job'),
  IgnoreOnIsolate: directive(boolean, false, 'job'),
  JobTimeoutSec: directive(startTimeout, NEVER, 'job'),
  JobRunningTimeoutSec: directive(startTimeout, NEVER, 'job'),
  JobTimeoutAction: act,
  JobTimeoutRebootArgument: directive(text, '', null),
  StartLimitIntervalSec: directive(seconds, 10_000_000, 'start-limit'),
  StartLimitBurst: directive(unsigned, 5, 'start-limit'),
  StartLimitAction: act,
  FailureAction: act,
  SuccessAction: act,
  FailureActionExitStatus: directive(exitStatus, -1, null),
  SuccessActionExitStatus: directive(exitStatus, -1, null),
  RebootArgument: directive(text, '', null),
  CollectMode: directive(
    oneOf(['inactive', 'inactive-or-failed'], 'Failed to parse garbage collection mode'),
    'inactive',
    'load',
  ),
  Conditions: directive(conditions, NO_CONDITIONS, 'condition'),
  Asserts: directive(conditions, NO_CONDITIONS, 'condition'),
} as const;

export type UnitSettings = SettingsOf<typeof UNIT_TABLE>;
