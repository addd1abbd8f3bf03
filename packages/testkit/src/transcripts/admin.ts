/** Calls one address of the broker's management API and returns the parsed answer. */
export type Admin = <Answer>(method: string, path: string, body?: unknown) => Promise<Answer>

/** A management client of the broker at `url`. Its calls reject with the broker's own words on any refusal. */
export const createAdmin =
  (url: string, key: string): Admin =>
  async (method, path, body) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok) throw new TypeError(`${method} ${path}: ${response.status} ${text}`)
    return JSON.parse(text)
  }
