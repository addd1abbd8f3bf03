/** What workers and their primary tell each other. */
export type WorkerMessage = { readonly vendo: 'ready'; readonly url: string } | { readonly vendo: 'drain' }

/** Whether a message between processes is one of {@link WorkerMessage}: other libraries use the same channel. */
export const isWorkerMessage = (message: unknown): message is WorkerMessage => {
  if (typeof message !== 'object' || message === null || !('vendo' in message)) return false
  return message.vendo === 'drain' || (message.vendo === 'ready' && 'url' in message && typeof message.url === 'string')
}

/** The variable in which a worker finds its slot. */
export const slotVariable = 'VENDO_WORKER_SLOT'
