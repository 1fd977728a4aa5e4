// The types of demo-server.mjs, for the tests.

export declare const demoHosts: {
  readonly fast: string
  readonly slow: string
  readonly flaky: string
  readonly limited: string
  readonly redirecting: string
  readonly dead: string
  readonly hundred: string
}

export interface DemoServer {
  readonly port: number
  stop(): Promise<void>
}

export declare function startDemoServer(port: number): Promise<DemoServer>
