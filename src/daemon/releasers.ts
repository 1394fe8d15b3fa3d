/** What closes one opened part. */
export interface Releaser {
  name: string;
  release: () => void | Promise<void>;
}

/**
 * A stack of opened parts: opened last, closed first. Each one is closed even when another fails. Closing
 * twice, or while closing, gives the same promise.
 */
export class ReleaserStack {
  readonly #stack: Releaser[] = [];
  readonly #onError: (name: string, error: unknown) => void;
  #closing: Promise<void> | null = null;

  /** @param onError told of each part that failed to close */
  constructor(onError: (name: string, error: unknown) => void) {
    this.#onError = onError;
  }

  add(name: string, release: Releaser['release']): void {
    this.#stack.push({ name, release });
  }

  close(): Promise<void> {
    this.#closing ??= this.#closeAll();
    return this.#closing;
  }

  async #closeAll(): Promise<void> {
    for (let next = this.#stack.pop(); next !== undefined; next = this.#stack.pop()) {
      try {
        await next.release();
      } catch (error) {
        this.#onError(next.name, error);
      }
    }
  }
}
