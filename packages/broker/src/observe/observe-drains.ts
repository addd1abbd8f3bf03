import { type Observer, silentObserver } from './observer.ts'

/** What counts the drains under way. */
export interface DrainCounter {
  enter(): boolean
  leave(): void
}

/** The same gate, of which an observer is told. */
export const observeDrains = <Gate extends DrainCounter>(gate: Gate, observer: Observer): Gate => {
  if (observer === silentObserver) return gate
  return {
    ...gate,
    enter: () => {
      const granted = gate.enter()
      observer.drainAsked(granted)
      return granted
    },
    leave: () => {
      gate.leave()
      observer.drainEnded()
    },
  }
}
