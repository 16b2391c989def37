/** The programs that this binary is besides PID 1, by the name they are called by; each is read when it is run. */
import type { Main } from './program.ts';

export const CLIENTS: Readonly<Record<string, () => Promise<Main>>> = {
  journalctl: async () => (await import('./journalctl/main.ts')).journalctl,
  'systemd-analyze': async () => (await import('./analyze/main.ts')).analyze,
  'systemd-cat': async () => (await import('./tools/cat.ts')).cat,
  'systemd-detect-virt': async () => (await import('./tools/detect-virt.ts')).detectVirt,
  'systemd-escape': async () => (await import('./tools/escape.ts')).escapeWords,
  'systemd-notify': async () => (await import('./tools/notify.ts')).notify,
  'systemd-run': async () => (await import('./run/main.ts')).run,
  systemctl: async () => (await import('./systemctl/main.ts')).systemctl,
};
