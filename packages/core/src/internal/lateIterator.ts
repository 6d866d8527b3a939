/**
 * An iterator that something has to be loaded for: with the first element that is asked for.
 */
export class LateIterator<A> implements AsyncIterator<A, undefined> {
  private readonly load: () => Promise<AsyncIterator<A>>;
  private loading: Promise<AsyncIterator<A>> | undefined;
  private loaded: AsyncIterator<A> | undefined;

  constructor(load: () => Promise<AsyncIterator<A>>) {
    this.load = load;
  }

  next(): Promise<IteratorResult<A, undefined>> {
    return this.loaded === undefined ? this.ready.then((iterator) => iterator.next()) : this.loaded.next();
  }

  async return(): Promise<IteratorResult<A, undefined>> {
    this.loading ??= Promise.resolve(nothing);
    const iterator = await this.loading;
    await iterator.return?.();
    return { done: true, value: undefined };
  }

  private get ready(): Promise<AsyncIterator<A>> {
    return (this.loading ??= this.load().then((iterator) => (this.loaded = iterator)));
  }
}

const nothing: AsyncIterator<never> = { next: () => Promise.resolve({ done: true, value: undefined }) };
