/**
 * In the place of the agent by which LocalStack allows DynamoDB Local more than 20 indexes. That one
 * is on no registry, and nothing here has so many.
 */
public class NoAgent {
    public static void premain(String arguments) {}
}
