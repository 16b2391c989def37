import assert from 'node:assert/strict';
import test from 'node:test';
import { editedContent, editorText } from './edit-text.ts';

const text = editorText('/etc/x.service.d/override.conf', '', [
  { path: '/usr/lib/systemd/system/x.service', content: '[Unit]\nDescription=X\n' },
]);

test('what the editor shows', () => {
  assert.equal(
    text,
    `### Editing /etc/x.service.d/override.conf
### Anything between here and the comment below will become the contents of the drop-in file



### Edits below this comment will be discarded


### /usr/lib/systemd/system/x.service
# [Unit]
# Description=X`,
  );
});

test('what is taken of it', () => {
  assert.equal(editedContent(text, true), null);
  assert.equal(editedContent(text.replace('file\n\n', 'file\n\n[Service]\nNice=5\n'), true), '[Service]\nNice=5\n');
  assert.equal(editedContent('\n[Service]\nA=1\n\n', false), '[Service]\nA=1\n');
  assert.equal(editedContent('[Service]\n', true), '[Service]\n');
});
