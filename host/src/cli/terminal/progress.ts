/** Progress of a long step: a bar with the elapsed time on a terminal, plain lines elsewhere. */
import { note, seconds } from './output.ts';

export interface ProgressView {
  step(label: string, fraction: number | undefined): void;
  /** Takes the bar away. */
  done(): void;
}

/** What takes less is not worth a line. */
const QUIET_MS = 1000;

/** A line for each step that takes longer than a second. */
function lines(): ProgressView {
  const startedMs = performance.now();
  let current = '';
  let timer: NodeJS.Timeout | undefined;
  return {
    step(label) {
      if (label === current) return;
      current = label;
      clearTimeout(timer);
      timer = setTimeout(() => note(`${seconds(performance.now() - startedMs)}  ${label}`), QUIET_MS);
    },
    done: () => clearTimeout(timer),
  };
}

async function bar(): Promise<ProgressView> {
  const { default: progress } = await import('cli-progress');
  const startedMs = performance.now();
  const width = 20;
  const format = (
    _: unknown,
    { progress: fraction }: { progress: number },
    payload: { label: string; known: boolean },
  ) => {
    const filled = Math.round(fraction * width);
    const drawn = payload.known
      ? `${'█'.repeat(filled)}${'░'.repeat(width - filled)} ${Math.round(fraction * 100)} %  `
      : '';
    return `${seconds(performance.now() - startedMs).padStart(6)}  ${drawn}${payload.label}`;
  };
  const one = new progress.SingleBar({
    format,
    fps: 10,
    clearOnComplete: true,
    hideCursor: true,
    stream: process.stderr,
  });
  let started = false;
  return {
    step(label, fraction) {
      const payload = { label, known: fraction !== undefined };
      if (!started) one.start(1, fraction ?? 0, payload);
      else one.update(fraction ?? 0, payload);
      started = true;
    },
    done: () => one.stop(),
  };
}

export function progressView(): Promise<ProgressView> {
  return process.stderr.isTTY && process.env.TERM !== 'dumb' ? bar() : Promise.resolve(lines());
}
