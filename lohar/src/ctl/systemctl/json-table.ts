/** Tables of `-o json`: an array of objects, one a row, named as systemd's tables name their columns. */
export type JsonCell = string | number | null | readonly string[];

export function jsonTable(names: readonly string[], rows: readonly (readonly JsonCell[])[], output: string): string {
  const objects = rows.map((row) => Object.fromEntries(names.map((name, i) => [name, row[i] ?? null])));
  if (output !== 'json-pretty') return `${JSON.stringify(objects)}\n`;
  const lines = objects.map(
    (object) =>
      `\t{\n${Object.entries(object)
        .map(([name, value]) => `\t\t${JSON.stringify(name)} : ${JSON.stringify(value)}`)
        .join(',\n')}\n\t}`,
  );
  return `[\n${lines.join(',\n')}\n]\n`;
}
