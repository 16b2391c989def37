/** The programs that this binary is besides PID 1, by the name they are called by; each is read when it is run. */
import type { Main } from './program.ts';

const named = async () => (await import('./power/shutdown.ts')).namedPower;

export const CLIENTS: Readonly<Record<string, () => Promise<Main>>> = {
  halt: named,
  hostnamectl: async () => (await import('./identity/hostnamectl.ts')).hostnamectl,
  journalctl: async () => (await import('./journalctl/main.ts')).journalctl,
  localectl: async () => (await import('./identity/localectl.ts')).localectl,
  loginctl: async () => (await import('./tools/loginctl.ts')).loginctl,
  poweroff: named,
  reboot: named,
  shutdown: async () => (await import('./power/shutdown.ts')).shutdown,
  'systemd-analyze': async () => (await import('./analyze/main.ts')).analyze,
  'systemd-cat': async () => (await import('./tools/cat.ts')).cat,
  'systemd-cgls': async () => (await import('./tools/cgls.ts')).cgls,
  'systemd-detect-virt': async () => (await import('./tools/detect-virt.ts')).detectVirt,
  'systemd-escape': async () => (await import('./tools/escape.ts')).escapeWords,
  'systemd-id128': async () => (await import('./identity/id128.ts')).id128,
  'systemd-machine-id-setup': async () => (await import('./identity/machine-id-setup.ts')).machineIdSetup,
  'systemd-notify': async () => (await import('./tools/notify.ts')).notify,
  'systemd-path': async () => (await import('./tools/path.ts')).path,
  'systemd-run': async () => (await import('./run/main.ts')).run,
  systemctl: async () => (await import('./systemctl/main.ts')).systemctl,
  timedatectl: async () => (await import('./identity/timedatectl.ts')).timedatectl,
};
