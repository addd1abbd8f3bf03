// dotenv's own declarations pull in the globals of Node, which the SDK's sources must not be able to name.
export declare const parse: (text: string) => Record<string, string>
