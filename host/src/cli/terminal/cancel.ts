/** Ctrl+C and SIGTERM as a signal for work that can be cancelled; put away, they end the process again. */
export function cancelBySignal(): { readonly signal: AbortSignal } & Disposable {
  const cancel = new AbortController();
  const onSignal = (): void => cancel.abort();
  const signals = ['SIGINT', 'SIGTERM'] as const;
  for (const name of signals) process.once(name, onSignal);
  return {
    signal: cancel.signal,
    [Symbol.dispose]: () => {
      for (const name of signals) process.off(name, onSignal);
    },
  };
}
