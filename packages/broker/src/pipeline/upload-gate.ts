import { createVendoError, type VendoError } from '@vendo/contract'
import { createMultipartScan, type MultipartScan } from '@vendo/wire'
import { formFields } from './admit-form.ts'
import type { MeteredRequest, PendingForm } from './records.ts'

/** The last delimiter is longer than its boundary by a line end, twice two dashes, and the line end behind it. */
const delimiterBytes = 8

/** Of a field that decides the cost. */
const mostFieldBytes = 512

/**
 * Lets a form go by and keeps its end back: without it no provider can begin, so that a form which turns out to be refused has
 * cost nothing, wherever in it the reason stood.
 */
export class UploadGate {
  readonly #form: PendingForm
  readonly #scan: MultipartScan
  readonly #withheldBytes: number
  #withheld: Buffer = Buffer.alloc(0)
  #fields = 0
  #metered: MeteredRequest | undefined

  constructor(form: PendingForm) {
    this.#form = form
    this.#scan = createMultipartScan({ boundary: form.boundary, names: formFields, mostFieldBytes })
    this.#withheldBytes = form.boundary.length + delimiterBytes
  }

  /** What the form asks for, from when its end may go out. */
  get metered(): MeteredRequest | undefined {
    return this.#metered
  }

  /**
   * What may go on of all that came so far.
   *
   * @throws {VendoError} as soon as the form is known to be refused.
   */
  push(chunk: Buffer): readonly Buffer[] {
    this.#scan.push(chunk)
    this.#assertWellFormed()
    if (this.#scan.fields.size > this.#fields) {
      this.#fields = this.#scan.fields.size
      this.#form.check(this.#scan.fields)
    }
    const before = this.#withheld
    const spare = before.length + chunk.length - this.#withheldBytes
    if (chunk.length < this.#withheldBytes) {
      const all = Buffer.concat([before, chunk])
      this.#withheld = all.subarray(Math.max(spare, 0))
      return spare > 0 ? [all.subarray(0, spare)] : []
    }
    // A copy: a window would keep the whole chunk.
    this.#withheld = Buffer.from(chunk.subarray(-this.#withheldBytes))
    return [before, chunk.subarray(0, -this.#withheldBytes)].filter(({ length }) => length > 0)
  }

  /**
   * The rest of a form that is whole.
   *
   * @throws {VendoError} when it is not, or is refused.
   */
  end(): Buffer {
    this.#assertWellFormed()
    if (!this.#scan.closed) throw malformed('The form has no end.')
    this.#metered = this.#form.admit(this.#scan.fields)
    return this.#withheld
  }

  #assertWellFormed(): void {
    if (this.#scan.problem !== undefined) throw malformed(this.#scan.problem)
  }
}

const malformed = (message: string): VendoError =>
  createVendoError(message, {
    code: 'validation_failed',
    suggestedFix: 'Send a plain multipart/form-data body, as the official SDKs do.',
  })
