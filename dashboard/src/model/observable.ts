// What the page shows and what changes by itself: models that tell their views.
// Must not know views; ui/hooks.ts does.

export class Observable {
  private readonly watchers = new Set<() => void>();

  /** Calls `watcher` after each change, until the result is called. */
  watch(watcher: () => void): () => void {
    this.watchers.add(watcher);
    return () => void this.watchers.delete(watcher);
  }

  protected changed(): void {
    for (const watcher of [...this.watchers]) watcher();
  }
}
