/** A value as text for the message of a failed assertion. */
const LENGTH_MAX = 2000;

function plain(_name: string, value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'function') return `[function ${value.name}]`;
  if (value instanceof Map) return { map: [...value] };
  if (value instanceof Set) return { set: [...value] };
  if (value instanceof Uint8Array) return { bytes: [...value] };
  if (value instanceof Error) return { ...value, error: value.name, message: value.message };
  return value;
}

export function show(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'undefined') return String(value);
  const text = JSON.stringify(value, plain) ?? String(value);
  return text.length > LENGTH_MAX ? `${text.slice(0, LENGTH_MAX)}...` : text;
}
