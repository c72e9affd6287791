/**
 * Cuts a text/event-stream into the data of its events (WHATWG HTML, section 9.2.6). Text arrives in pieces of any
 * size; a line end may be CR, LF or both, and may itself be cut in two.
 */
export class EventStream {
  private pending = '';
  private data: string[] = [];
  private afterCarriageReturn = false;

  /** Takes the next piece and returns the data of the events it completes. */
  push(piece: string): string[] {
    let rest = this.afterCarriageReturn && piece.startsWith('\n') ? piece.slice(1) : piece;
    if (piece !== '') this.afterCarriageReturn = false;
    const events: string[] = [];
    for (;;) {
      const end = rest.search(/[\r\n]/);
      if (end < 0) break;
      this.line(this.pending + rest.slice(0, end), events);
      this.pending = '';
      if (rest[end] === '\r') {
        if (rest[end + 1] === '\n') rest = rest.slice(end + 2);
        else {
          this.afterCarriageReturn = end + 1 === rest.length;
          rest = rest.slice(end + 1);
        }
      } else rest = rest.slice(end + 1);
    }
    this.pending += rest;
    return events;
  }

  private line(line: string, events: string[]): void {
    if (line === '') {
      if (this.data.length > 0) events.push(this.data.join('\n'));
      this.data = [];
    } else if (line === 'data') this.data.push('');
    else if (line.startsWith('data:')) this.data.push(line.slice(line[5] === ' ' ? 6 : 5));
    // Comments (heartbeats while a request is queued) and the fields event, id and retry carry nothing for us.
  }
}
