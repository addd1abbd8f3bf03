# Runs a command on a terminal of its own and closes that terminal when stdin ends. Prints the wait status of the command.
# With --paused nobody reads the terminal until then, as if somebody had pressed Ctrl-S.
import os, pty, select, sys, threading

paused = sys.argv[1] == "--paused"
words = sys.argv[2:] if paused else sys.argv[1:]
child, terminal = pty.fork()
if child == 0:
    os.execvp(words[0], words)

closing = threading.Event()

def read():
    while not closing.is_set():
        try:
            if select.select([terminal], [], [], 0.05)[0]:
                os.write(2, os.read(terminal, 65536))
        except OSError:
            return

reader = threading.Thread(target=read)
if not paused:
    reader.start()
print(child, flush=True)
if paused:
    # The terminal stays, and stays unread, until the command has ended.
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
else:
    sys.stdin.read()
    closing.set()
    reader.join()
    os.close(terminal)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
