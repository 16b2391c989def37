/** What follows for a service from all its settings together, and what makes it unfit. Texts: systemd 255. */
import type { Settings } from '../directive/tables.ts';

export interface Completed {
  /** Settings to lay over those that were read. */
  readonly settings: Partial<Settings>;
  /** Why the unit must not be started; null when it may. */
  readonly refusal: string | null;
  readonly warnings: readonly string[];
}

export function completeService(given: Settings): Completed {
  const Type =
    given.Type !== '' ? given.Type : given.BusName !== '' ? 'dbus' : given.ExecStart.length > 0 ? 'simple' : 'oneshot';
  const notifies =
    Type === 'notify' || Type === 'notify-reload' || given.WatchdogSec > 0 || given.FileDescriptorStoreMax > 0;
  const settings: Partial<Settings> = {
    Type,
    OOMPolicy: given.OOMPolicy !== '' ? given.OOMPolicy : given.Delegate.on ? 'continue' : 'stop',
    ...(given.NotifyAccess === 'none' && notifies ? { NotifyAccess: 'main' } : {}),
    // A oneshot may take as long as it likes, unless it says otherwise.
    ...(Type === 'oneshot' && !Object.hasOwn(given, 'TimeoutStartSec')
      ? { TimeoutStartSec: Number.POSITIVE_INFINITY }
      : {}),
    ...stdio(given),
    ...restartDelay(given),
    ...(given.DynamicUser ? dynamicUser(given) : {}),
  };
  return { settings, refusal: refusal(given, Type), warnings: warnings(given, Type) };
}

/** Output goes to the journal, and stderr where stdout goes, unless stdin is a terminal or socket. */
function stdio(given: Settings): Partial<Settings> {
  const hasData = given.StandardInputText !== '' || given.StandardInputData !== '';
  const input = given.StandardInput.kind === 'null' && hasData ? { kind: 'data', target: '' } : given.StandardInput;
  if (/^(tty|tty-force|tty-fail|socket|fd)$/.test(input.kind)) return { StandardInput: input };
  const output = given.StandardOutput.kind === 'inherit' ? { kind: 'journal', target: '' } : given.StandardOutput;
  return { StandardInput: input, StandardOutput: output };
}

/** A user that is gone after the run must leave nothing behind that the next one with its number would own. */
function dynamicUser(given: Settings): Partial<Settings> {
  return {
    PrivateTmp: true,
    NoNewPrivileges: true,
    RestrictSUIDSGID: true,
    ...(given.ProtectSystem === 'no' ? { ProtectSystem: 'strict' } : {}),
    ...(given.ProtectHome === 'no' ? { ProtectHome: 'read-only' } : {}),
  };
}

function restartDelay(given: Settings): Partial<Settings> {
  return given.RestartMaxDelaySec < given.RestartSec ? { RestartSec: given.RestartMaxDelaySec } : {};
}

function refusal(given: Settings, type: string): string | null {
  const oneshot = type === 'oneshot';
  const noStart = given.ExecStart.length === 0;
  const noAction = given.SuccessAction === 'none';
  const rules: [broken: boolean, why: string][] = [
    [
      noStart && given.ExecStop.length === 0 && noAction,
      'Service has no ExecStart=, ExecStop=, or SuccessAction=. Refusing.',
    ],
    [
      !oneshot && noStart,
      'Service has no ExecStart= setting, which is only allowed for Type=oneshot services. Refusing.',
    ],
    [
      !given.RemainAfterExit && noStart && noAction,
      'Service has no ExecStart= and no SuccessAction= settings and does not have RemainAfterExit=yes set. Refusing.',
    ],
    [
      !oneshot && given.ExecStart.length > 1,
      'Service has more than one ExecStart= setting, which is only allowed for Type=oneshot services. Refusing.',
    ],
    [
      oneshot && (given.Restart === 'always' || given.Restart === 'on-success'),
      "Service has Restart= set to either always or on-success, which isn't allowed for Type=oneshot services. Refusing.",
    ],
    [
      oneshot && given.RestartForceExitStatus.statuses.length + given.RestartForceExitStatus.signals.length > 0,
      "Service has RestartForceExitStatus= set, which isn't allowed for Type=oneshot services. Refusing.",
    ],
    [
      oneshot && given.ExitType === 'cgroup',
      "Service has ExitType=cgroup set, which isn't allowed for Type=oneshot services. Refusing.",
    ],
    [
      type === 'dbus' && given.BusName === '',
      'Service is of type D-Bus but no D-Bus service name has been specified. Refusing.',
    ],
    [
      given.PAMName !== '' && given.KillMode !== 'control-group' && given.KillMode !== 'mixed',
      "Service has PAM enabled. Kill mode must be set to 'control-group' or 'mixed'. Refusing.",
    ],
  ];
  return rules.find(([broken]) => broken)?.[1] ?? null;
}

function warnings(given: Settings, type: string): string[] {
  const endless = given.RestartMaxDelaySec === Number.POSITIVE_INFINITY;
  const rules: [odd: boolean, what: string][] = [
    [
      given.RuntimeMaxSec !== Number.POSITIVE_INFINITY && type === 'oneshot',
      'RuntimeMaxSec= has no effect in combination with Type=oneshot. Ignoring.',
    ],
    [endless && given.RestartSteps > 0, 'Service has RestartSteps= but no RestartMaxDelaySec= setting. Ignoring.'],
    [!endless && given.RestartSteps === 0, 'Service has RestartMaxDelaySec= but no RestartSteps= setting. Ignoring.'],
    [
      given.RestartMaxDelaySec < given.RestartSec,
      'RestartMaxDelaySec= has a value smaller than RestartSec=, resetting RestartSec= to RestartMaxDelaySec=.',
    ],
  ];
  return rules.filter(([odd]) => odd).map(([, what]) => what);
}
