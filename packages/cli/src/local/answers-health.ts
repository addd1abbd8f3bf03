const patienceMs = 1_500

/** Whether a broker answers at an address. Never rejects. */
export const answersHealth = async (url: string): Promise<boolean> => {
  try {
    const response = await fetch(`${url}/healthz`, { redirect: 'manual', signal: AbortSignal.timeout(patienceMs) })
    await response.body?.cancel()
    return response.status === 200
  } catch {
    // Refused, reset or silent: nobody serves there.
    return false
  }
}
