import type { Call } from './env.ts';

/** The stages of a boot as a Server-Timing header (W3C Server Timing); the request's own total is added to every reply. */
export function serverTiming(call: Call, timings: Readonly<Record<string, number>> | undefined): void {
  const { total: _, ...rest } = timings ?? {};
  const stages = Object.entries(rest).map(([stage, ms]) => `${stage.replaceAll(/\W/g, '-')};dur=${ms}`);
  if (stages.length > 0) call.header('server-timing', stages.join(', '), { append: true });
}
