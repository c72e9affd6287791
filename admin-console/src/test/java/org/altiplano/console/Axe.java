package org.altiplano.console;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.microsoft.playwright.Page;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Looks for what a page has that some people cannot use. Owns nothing; the thread of the page. The console has no frames, so axe
 * runs in the page itself and once; {@link AxeBuilder} would open another page for each look, and put axe into both.
 */
final class Axe {
    /** The rules of WCAG 2.2 up to level AA, and axe's own good practice. */
    private static final List<String> RULES =
            List.of("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice");

    private static final String RUN = "rules => axe.run({runOnly: rules, resultTypes: ['violations']}).then(found => found.violations.flatMap(rule => "
            + "rule.nodes.map(node => ({rule: `${rule.id} (${rule.impact}): ${rule.help}`, html: node.html, summary: node.failureSummary}))))";

    private Axe() {
    }

    /** Each thing at fault with the rule that it breaks, as text. */
    static List<String> look(Page page) {
        if (page.evaluate("() => typeof axe").equals("undefined")) page.evaluate(AxeBuilder.getAxeScript());
        List<String> broken = new ArrayList<>();
        for (Object one : (List<?>) page.evaluate(RUN, RULES)) {
            Map<?, ?> node = (Map<?, ?>) one;
            broken.add(node.get("rule") + "\n    " + node.get("html") + "\n    " + node.get("summary"));
        }
        return broken;
    }
}
