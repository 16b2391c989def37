/** The file that an editor shows for `systemctl edit`, and what is taken of it afterwards. Pure. */

const START = '### Anything between here and the comment below will become the contents of the drop-in file';
const END = '### Edits below this comment will be discarded';

export interface Shown {
  readonly path: string;
  readonly content: string;
}

/** @param others the unit's file and its other drop-ins, as comments below */
export function editorText(path: string, content: string, others: readonly Shown[]): string {
  const newline = content.endsWith('\n') ? '' : '\n';
  let text = `### Editing ${path}\n${START}\n\n${content}${newline}\n${END}\n`;
  for (const other of others) {
    text += `\n\n### ${other.path}`;
    const comment = other.content.trim();
    if (comment !== '') text += `\n# ${comment.replaceAll('\n', '\n# ')}`;
  }
  return text;
}

/** @param isDropIn only what stands between the two markers counts @returns null when nothing is left */
export function editedContent(text: string, isDropIn: boolean): string | null {
  let content = text;
  if (isDropIn) {
    const start = text.indexOf(START);
    content = start < 0 ? text : text.slice(start + START.length);
    const end = content.indexOf(END);
    if (end >= 0) content = content.slice(0, end);
  }
  const stripped = content.trim();
  return stripped === '' ? null : `${stripped}\n`;
}
