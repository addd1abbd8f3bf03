import { createVendoError, isVendoError, type VendoError } from '@vendo/contract'

/** A store error in a form that crosses threads. */
export interface StoreErrorData {
  readonly code: string
  readonly message: string
  readonly suggestedFix: string | undefined
  /** What the database said, which may name columns but never values. */
  readonly detail: string | undefined
}

/** Takes apart whatever a command threw. What nobody foresaw is `store_unavailable`. */
export const storeErrorData = (error: unknown): StoreErrorData => {
  if (isVendoError(error)) {
    const detail = error.cause instanceof Error ? error.cause.message : undefined
    return { code: error.code, message: error.message, suggestedFix: error.suggestedFix, detail }
  }
  const detail = error instanceof Error ? error.message : String(error)
  return { code: 'store_unavailable', message: 'The store failed.', suggestedFix: undefined, detail }
}

/** Builds the error again. */
export const storeErrorOf = ({ code, message, suggestedFix, detail }: StoreErrorData): VendoError =>
  createVendoError(message, {
    code,
    suggestedFix,
    ...(detail !== undefined && { cause: new Error(detail) }),
  })

/** The store cannot be opened, written or used any more. */
export const storeUnavailable = (message: string, init: { cause?: unknown; suggestedFix?: string } = {}): VendoError =>
  createVendoError(message, { code: 'store_unavailable', ...init })
