import { storeUnavailable } from '../store/store-error.ts'

/** How long a call may wait for the store before it is refused: clients are promised an answer within a second. */
export const admissionDeadlineMs = 900
/** How long a settlement may wait before it goes to the disk instead; nobody is waiting for it. */
export const settleDeadlineMs = 5_000

/**
 * The result of a store call, or its refusal after so many milliseconds. The call itself goes on.
 *
 * @throws {VendoError} `store_unavailable` when time is up, and whatever the call throws.
 */
export const withinDeadline = <T>(work: Promise<T>, ms: number): Promise<T> =>
  new Promise((resolve, reject) => {
    const refuse = () => reject(storeUnavailable(`The store has not answered for ${ms} ms.`))
    // After a stall of this process the answer may be waiting unread behind the timer: it gets one turn more.
    const timer = setTimeout(() => setImmediate(refuse), ms)
    work.then(
      (value) => {
        clearTimeout(timer)
        resolve(value)
      },
      (error: unknown) => {
        clearTimeout(timer)
        reject(error)
      },
    )
  })
