/** The mark, a high plain under a light sky, with the name beside it. */
export function Wordmark() {
  return (
    <span className="alti-wordmark">
      <svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true">
        <rect width="32" height="32" rx="7" className="alti-wordmark-ground" />
        <path d="M5 23 11.2 11h9.6L27 23Z" className="alti-wordmark-plain" />
        <path d="M9.1 15.1h13.8L20.8 11h-9.6Z" className="alti-wordmark-sky" />
      </svg>
      <span>Altiplano</span>
    </span>
  );
}
