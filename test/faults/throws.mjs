// An error of the program that nobody catches, when SIGUSR2 comes: loaded before it.

process.on('SIGUSR2', () => {
  throw new Error('made up')
})
