/** A synchronous stream machine: what goes in comes out changed, and `end` gives what was still held back. */
export interface Transducer<In, Out> {
  push(input: In): readonly Out[]
  end(): readonly Out[]
}
