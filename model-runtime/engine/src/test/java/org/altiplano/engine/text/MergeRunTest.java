package org.altiplano.engine.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MergeRunTest {

    @Test
    void mergesAsTheDefinitionSays() {
        Random random = new Random(7);
        for (int round = 0; round < 500; round++) {
            MergeTable table = new MergeTable();
            int symbols = 4;
            for (int rank = 0; rank < 20; rank++) {
                // Ranks repeat, as scores of SentencePiece may.
                table.put(random.nextInt(symbols), random.nextInt(symbols), rank / (1 + round % 3), symbols++);
            }
            MergeRun run = new MergeRun(table);
            for (int word = 0; word < 5; word++) {
                List<Integer> text = new ArrayList<>();
                run.clear();
                for (int i = random.nextInt(60); i > 0; i--) {
                    int symbol = random.nextInt(9) == 0 ? -1 : random.nextInt(4);
                    text.add(symbol);
                    run.add(symbol);
                }
                List<Integer> merged = new ArrayList<>();
                run.merge(merged::add);
                assertEquals(mergedSlowly(text, table), merged);
            }
        }
    }

    /** The definition: again and again the best pair of all, the leftmost of equals. */
    private static List<Integer> mergedSlowly(List<Integer> text, MergeTable table) {
        List<Integer> symbols = new ArrayList<>(text);
        while (true) {
            int best = -1;
            int bestRank = Integer.MAX_VALUE;
            for (int i = 0; i + 1 < symbols.size(); i++) {
                int place = table.find(symbols.get(i), symbols.get(i + 1));
                if (place >= 0 && table.rank(place) < bestRank) {
                    best = i;
                    bestRank = table.rank(place);
                }
            }
            if (best < 0) {
                return symbols;
            }
            symbols.set(best, table.merged(table.find(symbols.get(best), symbols.remove(best + 1))));
        }
    }
}
