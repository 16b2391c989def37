/** What enabling, masking and the like did, and what they met on the way. */
export type InstallChange =
  | { readonly did: 'symlink'; readonly path: string; readonly target: string }
  | { readonly did: 'unlink'; readonly path: string }
  /** Notices and failures, with the file or unit they are about. */
  | {
      readonly did:
        | 'is-masked'
        | 'is-masked-generator'
        | 'is-dangling'
        | 'destination-not-present'
        | 'auxiliary-failed'
        | 'file-exists'
        | 'not-exists'
        | 'needs-instance'
        | 'bad-template'
        | 'invalid-name'
        | 'read-only';
      readonly path: string;
      readonly target?: string;
    };
