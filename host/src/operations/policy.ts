import type { Sandbox } from '../core/sandbox.ts';
import type { ThermalPolicy } from '../core/thermal.ts';
import type { Context } from './context.ts';

/** When this sandbox is set aside: what it says itself, and the daemon's settings for the rest. */
export function policyOf(context: Context, { thermal }: Sandbox): ThermalPolicy {
  return { ...context.thermal, ...thermal };
}
