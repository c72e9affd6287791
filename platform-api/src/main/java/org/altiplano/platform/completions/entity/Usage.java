package org.altiplano.platform.completions.entity;

/**
 * What a request used, in tokens.
 *
 * @param prompt of all prompts, each counted once however many choices it has
 * @param cached of these, how many were found in the prefix cache
 * @param completion of all choices
 */
public record Usage(int prompt, int cached, int completion) {

    public static final Usage NONE = new Usage(0, 0, 0);

    public Usage plus(Usage other) {
        return new Usage(prompt + other.prompt, cached + other.cached, completion + other.completion);
    }
}
